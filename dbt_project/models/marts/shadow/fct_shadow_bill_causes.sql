-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as varchar) as scenario_id,
    cast(null as varchar) as cause,
    cast(null as decimal(18, 4)) as current_amount,
    cast(null as decimal(18, 4)) as proposed_amount,
    cast(null as decimal(18, 4)) as difference,
    cast(null as varchar) as currency
where false
