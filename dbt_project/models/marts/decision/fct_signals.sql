-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as segment,
    cast(null as date) as month,
    cast(null as varchar) as signal,
    cast(null as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as threshold,
    cast(null as decimal(18, 6)) as clears_at,
    cast(null as varchar) as direction,
    cast(null as varchar) as unit,
    cast(null as boolean) as is_over,
    cast(null as boolean) as is_firing,
    cast(null as integer) as months_firing,
    cast(null as boolean) as is_available,
    cast(null as varchar) as reason,
    cast(null as bigint) as accounts,
    cast(null as decimal(18, 6)) as low,
    cast(null as decimal(18, 6)) as high,
    cast(null as varchar) as sentence
where false
