-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as varchar) as account_name,
    cast(null as varchar) as segment,
    cast(null as varchar) as region,
    cast(null as varchar) as country,
    cast(null as varchar) as industry,
    cast(null as varchar) as currency,
    cast(null as varchar) as plan_id,
    cast(null as varchar) as plan_family,
    cast(null as varchar) as billing_interval,
    cast(null as integer) as billing_anchor_day,
    cast(null as date) as started_on,
    cast(null as date) as churned_on,
    cast(null as date) as renewal_date,
    cast(null as boolean) as is_active
where false
