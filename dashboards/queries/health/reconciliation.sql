with

named as (

    select * replace (coalesce(reason, 'matched') as reason)
    from marts.fct_invoice_reconciliation
    where
        (cast($since as date) is null or period_start >= cast($since as date))
        and (currency = $currency or $currency = 'all')

)

select
    currency,
    reason,
    count(*) as lines,
    count(distinct account_id) as accounts,
    sum(expected_amount) as expected,
    sum(invoiced_amount) as invoiced,
    sum(difference) as difference
from named
group by currency, reason
order by currency asc, reason = 'matched' desc, lines desc, reason asc
