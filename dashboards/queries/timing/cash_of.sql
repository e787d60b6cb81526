with

planned as (

    select *
    from marts.rollout_accounts($scenario_id, $approach, $currency, $excluded, $leaves_shocked)

),

scheduled as (

    select *
    from marts.rollout_schedule(
        $scenario_id, $approach, $currency, $excluded, $leaves_shocked, $segment, $start, $size
    )

),

moving as (

    select
        account_id,
        move_month as moved_in
    from scheduled

    union all

    select
        account_id,
        cast(date_trunc('month', unlocks_on) as date)
    from planned
    where segment = $segment and status = 'locked'

),

changed as (

    select
        moves.month_ahead,
        sum(moves.cash_change) as cash_change
    from marts.fct_move_cash as moves
    inner join moving
        on moves.account_id = moving.account_id and moves.moved_in = moving.moved_in
    where moves.scenario_id = $scenario_id
    group by moves.month_ahead

),

today as (

    select
        month,
        month_ahead,
        cash,
        reason
    from marts.fct_projections
    where
        scenario_id = 'current' and segment = $segment and assumption_case = 'middle'
        and month_ahead <= 12

),

compared as (

    select
        'current' as model,
        month,
        month_ahead,
        cash,
        reason
    from today

    union all

    select
        'proposed',
        today.month,
        today.month_ahead,
        today.cash + coalesce(changed.cash_change, 0),
        today.reason
    from today
    left join changed on today.month_ahead = changed.month_ahead

)

select
    model,
    strftime(month, '%Y-%m') as month,
    month_ahead,
    cash,
    sum(cash) over (partition by model order by month_ahead) as cash_to_date,
    reason
from compared
order by model, month_ahead
