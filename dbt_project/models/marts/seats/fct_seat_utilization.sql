-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as date) as month,
    cast(null as varchar) as segment,
    cast(null as varchar) as plan_id,
    cast(null as varchar) as currency,
    cast(null as decimal(19, 6)) as billable_seats,
    cast(null as decimal(19, 6)) as active_seats,
    cast(null as decimal(9, 6)) as utilization,
    cast(null as decimal(19, 6)) as idle_seats,
    cast(null as decimal(19, 6)) as never_active_seats,
    cast(null as decimal(18, 4)) as idle_amount,
    cast(null as decimal(18, 4)) as idle_amount_reporting,
    cast(null as decimal(19, 6)) as peak_seats,
    cast(null as decimal(19, 6)) as end_seats,
    cast(null as boolean) as is_provisional,
    cast(null as varchar) as reason
where false
