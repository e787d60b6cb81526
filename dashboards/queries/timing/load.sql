with

scheduled as (

    select *
    from marts.rollout_schedule(
        $scenario_id, $approach, $currency, $excluded, $leaves_shocked, $segment, $start, $size
    )

),

counted as (

    select
        wave_month as month,
        1 as freed,
        0 as moved
    from scheduled

    union all

    select
        move_month as month,
        0 as freed,
        1 as moved
    from scheduled

)

select
    strftime(month, '%Y-%m') as month,
    sum(freed) as freed,
    sum(moved) as moved
from counted
group by month
order by month
