with

scheduled as (

    select
        moving.*,
        latest.mrr
    from
        marts.rollout_schedule(
            $scenario_id, $approach, $currency, $excluded, $leaves_shocked, $segment, $start, $size
        ) as moving
    left join latest_mrr() as latest on moving.account_id = latest.account_id

)

select
    move_wave as wave,
    strftime(move_month, '%Y-%m') as month,
    count(*) as accounts,
    count(*) filter (where move_month > wave_month) as waited,
    sum(mrr) as mrr,
    sum(monthly_increase_reporting) as monthly_change,
    sum(sum(monthly_increase_reporting)) over (order by move_wave)
        as monthly_change_so_far,
    count(*) filter (where is_shock) as shocked,
    count(*) filter (where monthly_increase_reporting is null) as not_comparable
from scheduled
group by move_wave, move_month
order by move_wave
