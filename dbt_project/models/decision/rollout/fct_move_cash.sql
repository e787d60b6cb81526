with

projected as (

    select * from {{ ref('int_projection_accounts') }}
    where assumption_case = 'middle'

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

counted as (

    select numbers.n from ({{ numbers_below(12) }}) as numbers

),

staying_put as (

    select
        account_id,
        month_ahead,
        cash,
        unbilled,
        deferred

    from projected

    where scenario_id = 'current'

),

-- a move can be in any month after the last closed one
moves as (

    select
        projected.account_id,
        projected.scenario_id,
        projected.segment,
        projected.month_ahead,
        cast(counted.n as integer) as months_since_move,
        projected.proposed_interval as interval_months,
        projected.proposed_advance as advance_amount,
        cast(1 - projected.band_churn_ratio as decimal(20, 6)) as staying,
        cast(
            case
                when
                    projected.max_increase_ratio is not null
                    and (
                        projected.max_increase_periods is null
                        or counted.n < projected.max_increase_periods
                    )
                    then
                        {{ capped_rise(
                            'projected.proposed_amount',
                            'projected.current_amount',
                            'projected.max_increase_ratio'
                        ) }}
                else projected.proposed_amount
            end as decimal(18, 4)
        ) as amount

    from projected

    inner join counted
        on projected.month_ahead > counted.n

    where
        projected.scenario_id <> 'current'
        and projected.can_move
        and projected.proposed_amount is not null
        and projected.month_ahead <= 12

),

stayed as (

    select
        moves.*,
        {{ stayed_amount('amount', 'staying') }} as revenue,
        {{ stayed_amount('least(advance_amount, amount)', 'staying') }} as stayed_advance

    from moves

),

-- as in the projection: paid ahead at the end of the month, and served but not invoiced
weighed as (

    select
        account_id,
        scenario_id,
        segment,
        month_ahead,
        months_since_move,
        revenue,
        cast(revenue - stayed_advance as decimal(18, 4)) as unbilled,
        {{ deferred_amount('stayed_advance', 'interval_months', 'months_since_move') }}
            as deferred

    from stayed

),

-- the month before the move was on today's model
carried as (

    select
        weighed.account_id,
        weighed.scenario_id,
        weighed.segment,
        weighed.month_ahead,
        weighed.months_since_move,
        weighed.revenue - weighed.unbilled + weighed.deferred
        + case
            when weighed.months_since_move = 0 then before_move.unbilled - before_move.deferred
            else moved_before.unbilled - moved_before.deferred
        end as cash,
        staying_put.cash as current_cash

    from weighed

    inner join staying_put
        on
            weighed.account_id = staying_put.account_id
            and weighed.month_ahead = staying_put.month_ahead

    inner join staying_put as before_move
        on
            weighed.account_id = before_move.account_id
            and weighed.month_ahead = before_move.month_ahead + 1

    left join weighed as moved_before
        on
            weighed.account_id = moved_before.account_id
            and weighed.scenario_id = moved_before.scenario_id
            and weighed.month_ahead = moved_before.month_ahead + 1
            and weighed.months_since_move = moved_before.months_since_move + 1

),

final as (

    select
        carried.account_id,
        carried.scenario_id,
        carried.segment,
        cast(carried.month_ahead as integer) as month_ahead,
        carried.months_since_move,
        {{ add_months('last_closed.month', 'carried.month_ahead') }} as month,
        {{ add_months(
            'last_closed.month', '(carried.month_ahead - carried.months_since_move)'
        ) }} as moved_in,
        cast(carried.cash - carried.current_cash as decimal(18, 4)) as cash_change

    from carried

    cross join last_closed

    where carried.cash is not null

)

select * from final
