-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as build_id,
    cast(null as varchar) as company_name,
    cast(null as timestamp) as as_of,
    cast(null as varchar) as time_zone,
    cast(null as varchar) as reporting_currency,
    cast(null as varchar) as value_meter,
    cast(null as integer) as outcome_reopen_hours,
    cast(null as date) as last_closed_month,
    cast(null as varchar) as price_version
where false
