-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as varchar) as scenario_id,
    cast(null as varchar) as segment,
    cast(null as date) as month,
    cast(null as integer) as months,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as current_amount,
    cast(null as decimal(18, 4)) as proposed_amount,
    cast(null as decimal(18, 4)) as difference,
    cast(null as decimal(18, 6)) as difference_ratio,
    cast(null as decimal(18, 4)) as current_reporting,
    cast(null as decimal(18, 4)) as proposed_reporting,
    cast(null as decimal(18, 4)) as monthly_increase_reporting,
    cast(null as varchar) as change_band,
    cast(null as boolean) as is_shock,
    cast(null as varchar) as reason
where false
