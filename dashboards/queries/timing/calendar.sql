with

planned as (

    select
        accounts.*,
        latest.mrr
    from
        marts.rollout_accounts(
            $scenario_id, $approach, $currency, $excluded, $leaves_shocked
        ) as accounts
    left join latest_mrr() as latest on accounts.account_id = latest.account_id

),

counted as (

    select
        strftime(coalesce(wave_month, unlocks_on), '%Y-%m') as month,
        segment,
        status,
        count(*) as accounts,
        sum(mrr) as mrr
    from planned
    where
        status in ('in_wave', 'locked')
        and not is_excluded
        and segment <> 'all'
        and (segment = $segment or $segment = 'all')
    group by all

)

select
    *,
    sum(mrr) over (partition by status, month) as mrr_of_month
from counted
order by month, segment, status
