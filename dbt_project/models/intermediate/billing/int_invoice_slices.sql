-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as invoice_id,
    cast(null as varchar) as line_id,
    cast(null as varchar) as account_id,
    cast(null as varchar) as subscription_id,
    cast(null as date) as month,
    cast(null as varchar) as line_type,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as amount,
    cast(null as decimal(19, 6)) as quantity,
    cast(null as decimal(18, 9)) as unit_price,
    cast(null as timestamp) as issued_at
where false
