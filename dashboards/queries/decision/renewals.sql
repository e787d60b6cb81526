with

dated as (

    select
        account_id,
        if(status = 'locked', 'locked', 'free') as status,
        coalesce(moves_on, unlocks_on) as happens_on
    from marts.fct_rollout_waves
    where
        scenario_id = $scenario_id
        and approach = 'renewal'
        and segment = $segment
        and status in ('in_wave', 'locked')

    union all

    select
        account_id,
        'free' as status,
        renewal_date as happens_on
    from marts.dim_accounts
    where
        $scenario_id is null
        and renewal_date is not null
        and is_active
        and (segment = $segment or $segment = 'all')

),

counted as (

    select
        date_trunc('month', dated.happens_on) as month,
        dated.status,
        count(*) as accounts,
        sum(latest.mrr) as mrr
    from dated
    left join latest_mrr() as latest on dated.account_id = latest.account_id
    where
        dated.happens_on
        < (select as_of + to_months(cast($horizon as integer)) from marts.dim_settings)
    group by all

),

monthly as (

    select
        month,
        sum(mrr) as free_mrr
    from counted
    where status = 'free'
    group by month

),

windows as (

    select
        starts.month as first_month,
        sum(following.free_mrr) as window_mrr,
        max(following.month) as last_month
    from monthly as starts
    inner join monthly as following
        on
            starts.month <= following.month
            and starts.month + to_months(cast($moving_months - 1 as integer)) >= following.month
    where starts.free_mrr > 0 and following.free_mrr > 0
    group by starts.month

),

best as (

    select *
    from windows
    order by window_mrr desc, first_month asc
    limit 1

)

select
    strftime(counted.month, '%Y-%m') as month,
    counted.status,
    counted.accounts,
    counted.mrr,
    coalesce(monthly.free_mrr, 0) as free_mrr,
    coalesce(counted.month between best.first_month and best.last_month, false)
        as is_best,
    best.window_mrr
from counted
left join monthly on counted.month = monthly.month
left join best on true
order by counted.month, counted.status
