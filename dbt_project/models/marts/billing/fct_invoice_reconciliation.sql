-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as date) as month,
    cast(null as varchar) as line_key,
    cast(null as varchar) as line_kind,
    cast(null as varchar) as segment,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as expected_amount,
    cast(null as decimal(18, 4)) as invoiced_amount,
    cast(null as decimal(18, 4)) as difference,
    cast(null as boolean) as is_matched,
    cast(null as varchar) as reason,
    cast(null as varchar) as sentence,
    cast(null as varchar) as invoice_id,
    cast(null as varchar) as line_id,
    cast(null as varchar) as event_id
where false
