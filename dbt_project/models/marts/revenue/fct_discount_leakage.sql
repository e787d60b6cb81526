-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as varchar) as segment,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as list_amount,
    cast(null as decimal(18, 4)) as realized_amount,
    cast(null as decimal(18, 6)) as leakage_ratio,
    cast(null as decimal(18, 4)) as unapproved_amount,
    cast(null as decimal(18, 4)) as list_amount_reporting,
    cast(null as decimal(18, 4)) as realized_amount_reporting,
    cast(null as boolean) as is_provisional
where false
