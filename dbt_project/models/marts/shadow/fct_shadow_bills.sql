-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as date) as month,
    cast(null as varchar) as scenario_id,
    cast(null as varchar) as segment,
    cast(null as varchar) as plan_id,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as amount,
    cast(null as decimal(38, 12)) as exact_amount,
    cast(null as decimal(18, 4)) as current_amount,
    cast(null as varchar) as current_basis,
    cast(null as decimal(18, 4)) as invoiced_amount,
    cast(null as decimal(18, 4)) as difference,
    cast(null as decimal(18, 6)) as difference_ratio,
    cast(null as decimal(18, 4)) as amount_reporting,
    cast(null as decimal(18, 4)) as current_amount_reporting,
    cast(null as decimal(18, 4)) as difference_reporting,
    cast(null as boolean) as is_available,
    cast(null as varchar) as reason,
    cast(null as boolean) as is_provisional
where false
