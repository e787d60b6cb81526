with

monthly as (

    select
        moved.account_id,
        accounts.account_name,
        moved.segment,
        strftime(moved.month, '%Y-%m') as month,
        sum(moved.closing_reporting) as mrr
    from marts.fct_mrr_movements as moved
    left join marts.dim_accounts as accounts on moved.account_id = accounts.account_id
    where
        moved.version = $version
        and (moved.segment = $segment or $segment = 'all')
        and billed_in(moved.account_id, $currency)
        and list_contains($months, strftime(moved.month, '%Y-%m'))
    group by all

),

by_account as (

    select
        account_id,
        any_value(account_name) as account_name,
        any_value(segment) as segment,
        map_from_entries(list((month, mrr))) as mrr_by_month
    from monthly
    group by account_id

)

select
    account_id,
    account_name,
    segment,
    list_transform($months, lambda month: mrr_by_month[month]) as mrr
from by_account
order by account_id
