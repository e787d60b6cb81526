with

projected as (

    select * from {{ ref('int_projection_accounts') }}
    where
        assumption_case = 'middle'
        and scenario_id <> 'current'
        and is_covered
        and can_move
        and proposed_amount is not null

),

closed_bills as (

    select * from {{ ref('int_migration_bills') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

numbered as (

    select
        account_id,
        scenario_id,
        current_reporting,
        cost,
        row_number() over (
            partition by account_id, scenario_id
            order by closed_month desc, month desc
        ) as place

    from closed_bills

    where current_reporting is not null

),

-- the last three bills: their middle one, and what a month costs; costs are not projected
recent as (

    select
        account_id,
        scenario_id,
        count(*) as bills,
        case count(*)
            when 3
                then sum(current_reporting) - max(current_reporting) - min(current_reporting)
            else {{ exact_ratio('sum(current_reporting)', '1', 'count(*)') }}
        end as median_reporting,
        case
            when count(cost) = count(*) then {{ exact_ratio('sum(cost)', '1', 'count(*)') }}
        end as monthly_cost

    from numbered

    where place <= 3

    group by account_id, scenario_id

),

-- what an account would pay if it moved when it may: who chooses stays while the bill would rise
moved as (

    select
        projected.account_id,
        projected.scenario_id,
        projected.segment,
        projected.month_ahead,
        projected.moves_ahead,
        projected.current_amount,
        case
            when projected.uptake = 'opt_in'
                then least(projected.proposed_amount, projected.current_amount)
            else projected.proposed_amount
        end as lasting_amount,
        coalesce(
            projected.max_increase_ratio is not null
            and (
                projected.max_increase_periods is null
                or projected.month_ahead < projected.moves_ahead + projected.max_increase_periods
            ),
            false
        ) as is_held,
        projected.max_increase_ratio,
        recent.bills,
        recent.median_reporting,
        recent.monthly_cost

    from projected

    left join recent
        on
            projected.account_id = recent.account_id
            and projected.scenario_id = recent.scenario_id

    where projected.month_ahead between projected.moves_ahead and projected.moves_ahead + 11

),

billed as (

    select
        *,
        case
            when is_held
                then {{ capped_rise('lasting_amount', 'current_amount', 'max_increase_ratio') }}
            else lasting_amount
        end as amount

    from moved

),

-- the first bill is compared with what the customer is used to, a year with staying
windowed as (

    select
        'first_bill' as window_name,
        billed.*,
        billed.median_reporting as compared_amount

    from billed

    inner join limits
        on billed.segment = limits.segment

    where
        billed.month_ahead = billed.moves_ahead
        and billed.bills >= least(limits.migration_months_least, 3)

    union all

    -- a year that begins later does not end within the months that are projected
    select
        'next_12' as window_name,
        billed.*,
        billed.current_amount as compared_amount

    from billed

    where billed.moves_ahead <= 13

),

final as (

    select
        windowed.account_id,
        windowed.scenario_id,
        windowed.segment,
        last_closed.month,
        windowed.window_name,
        windowed.month_ahead,
        cast(windowed.compared_amount as decimal(18, 4)) as current_reporting,
        cast(windowed.amount as decimal(18, 4)) as proposed_reporting,
        cast(windowed.amount - windowed.lasting_amount as decimal(18, 4))
            as grandfathering_reporting,
        cast(windowed.monthly_cost as decimal(18, 4)) as cost

    from windowed

    cross join last_closed

)

select * from final
