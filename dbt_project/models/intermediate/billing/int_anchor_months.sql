-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as integer) as month_index,
    cast(null as integer) as anchor_day,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as timestamp) as period_start_at,
    cast(null as timestamp) as period_end_at,
    cast(null as boolean) as is_provisional
where false
