-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as varchar) as segment,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as revenue,
    cast(null as decimal(18, 4)) as cost,
    cast(null as decimal(18, 4)) as margin,
    cast(null as decimal(18, 6)) as margin_ratio,
    cast(null as boolean) as is_exposed,
    cast(null as boolean) as is_provisional,
    cast(null as varchar) as reason
where false
