-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as segment,
    cast(null as date) as month,
    cast(null as varchar) as metric,
    cast(null as decimal(18, 6)) as value,
    cast(null as decimal(38, 6)) as numerator,
    cast(null as decimal(38, 6)) as denominator,
    cast(null as bigint) as accounts,
    cast(null as decimal(18, 6)) as low,
    cast(null as decimal(18, 6)) as high,
    cast(null as varchar) as unit,
    cast(null as boolean) as is_available,
    cast(null as varchar) as reason,
    cast(null as boolean) as is_provisional
where false
