-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as varchar) as scenario_id,
    cast(null as varchar) as segment,
    cast(null as varchar) as currency,
    cast(null as decimal(18, 4)) as bill,
    cast(null as decimal(18, 4)) as baseline,
    cast(null as decimal(18, 4)) as increase_amount,
    cast(null as decimal(18, 4)) as increase_reporting,
    cast(null as decimal(18, 6)) as increase_ratio,
    cast(null as decimal(18, 4)) as explained_amount,
    cast(null as boolean) as is_jump,
    cast(null as boolean) as is_shock,
    cast(null as varchar) as reason,
    cast(null as boolean) as is_provisional
where false
