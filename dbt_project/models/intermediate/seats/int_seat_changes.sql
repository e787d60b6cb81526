-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as event_id,
    cast(null as varchar) as account_id,
    cast(null as varchar) as subscription_id,
    cast(null as varchar) as event_type,
    cast(null as timestamp) as effective_at,
    cast(null as date) as effective_on,
    cast(null as timestamp) as recorded_at,
    cast(null as varchar) as role,
    cast(null as varchar) as user_id,
    cast(null as decimal(19, 6)) as assigned_change,
    cast(null as decimal(19, 6)) as suspended_change,
    cast(null as varchar) as corrects_event_id,
    cast(null as varchar) as source
where false
