-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as varchar) as segment,
    cast(null as bigint) as ticket_count,
    cast(null as bigint) as billing_ticket_count,
    cast(null as boolean) as is_invoiced,
    cast(null as boolean) as has_shock_ticket,
    cast(null as boolean) as is_provisional,
    cast(null as varchar) as reason
where false
