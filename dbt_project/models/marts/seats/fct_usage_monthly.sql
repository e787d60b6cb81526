-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as varchar) as meter,
    cast(null as varchar) as actor_type,
    cast(null as varchar) as segment,
    cast(null as decimal(38, 6)) as quantity,
    cast(null as decimal(38, 6)) as successful_quantity,
    cast(null as bigint) as event_count,
    cast(null as bigint) as user_count,
    cast(null as boolean) as is_provisional
where false
