with

first_move as (

    select min(wave_month) as month
    from marts.fct_rollout_waves
    where
        scenario_id = $scenario_id
        and approach = $approach
        and segment = $segment
        and status = 'in_wave'
        and billed_in(account_id, $currency)

),

following as (

    select unnest(range(12)) as months

),

starts as (

    select first_move.month + to_months(cast(following.months as integer)) as month
    from first_move
    cross join following
    where first_move.month is not null

)

select strftime(month, '%Y-%m') as month
from starts
order by month
