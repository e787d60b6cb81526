-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as varchar) as subscription_id,
    cast(null as date) as usage_date,
    cast(null as varchar) as meter,
    cast(null as varchar) as dimension,
    cast(null as varchar) as actor_type,
    cast(null as decimal(38, 6)) as quantity,
    cast(null as decimal(38, 6)) as outcome_quantity,
    cast(null as bigint) as event_count,
    cast(null as decimal(38, 12)) as unit_cost_amount
where false
