-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as varchar) as subscription_id,
    cast(null as date) as usage_date,
    cast(null as date) as reopened_on,
    cast(null as varchar) as meter,
    cast(null as varchar) as dimension,
    cast(null as varchar) as actor_type,
    cast(null as decimal(38, 6)) as quantity
where false
