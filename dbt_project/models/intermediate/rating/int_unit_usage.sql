with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter not in ('seats', 'flat', 'credits')

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

usage_months as (

    select * from {{ ref('int_usage_months') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

-- metered work is settled by the anchor month, whatever the plan's own interval; a month belongs to
-- the one period in which it starts
unit_months as (

    select
        units.unit_id,
        units.scenario_id,
        units.account_id,
        units.contract_id,
        anchor_months.month,
        greatest(anchor_months.period_start, units.service_start) as service_start,
        least(anchor_months.period_end, units.service_end) as service_end

    from units

    inner join anchor_months
        on
            units.account_id = anchor_months.account_id
            and greatest(anchor_months.period_start, units.covered_from) >= units.service_start
            and greatest(anchor_months.period_start, units.covered_from) < units.service_end
            and anchor_months.period_end > units.service_start

),

first_contracts as (

    select
        account_id,
        min_by(contract_id, concat(cast(started_on as varchar), contract_id)) as contract_id

    from contracts
    group by account_id

),

-- usage that names no contract counts under the account's first; a proposal sees them all as one
scoped_usage as (

    select
        'contract' as scope,
        usage_months.account_id,
        coalesce(known_contracts.contract_id, first_contracts.contract_id, '') as contract_id,
        usage_months.month,
        usage_months.meter,
        usage_months.dimension,
        usage_months.actor_type,
        usage_months.quantity,
        usage_months.outcome_quantity

    from usage_months

    left join contracts as known_contracts
        on
            usage_months.account_id = known_contracts.account_id
            and usage_months.contract_id = known_contracts.contract_id

    left join first_contracts
        on usage_months.account_id = first_contracts.account_id

    union all

    select
        'account' as scope,
        usage_months.account_id,
        '' as contract_id,
        usage_months.month,
        usage_months.meter,
        usage_months.dimension,
        usage_months.actor_type,
        usage_months.quantity,
        usage_months.outcome_quantity

    from usage_months

),

scoped_months as (

    select
        unit_months.*,
        case when scenario_id = 'current' then 'contract' else 'account' end as scope

    from unit_months

),

charged_months as (

    select
        scoped_months.*,
        charges.charge_id,
        charges.meter,
        charges.dimension,
        charges.actor_type,
        charges.outcomes_only

    from scoped_months

    inner join charges
        on scoped_months.unit_id = charges.unit_id

),

-- an inner join first: an outer one with an `or` in it compares every row with every row
counted as (

    select
        charged_months.unit_id,
        charged_months.charge_id,
        charged_months.month,
        sum(
            case
                when charged_months.outcomes_only then scoped_usage.outcome_quantity
                else scoped_usage.quantity
            end
        ) as quantity

    from charged_months

    inner join scoped_usage
        on
            charged_months.scope = scoped_usage.scope
            and charged_months.account_id = scoped_usage.account_id
            and charged_months.contract_id = scoped_usage.contract_id
            and charged_months.month = scoped_usage.month
            and charged_months.meter = scoped_usage.meter

    where
        (charged_months.dimension is null or charged_months.dimension = scoped_usage.dimension)
        and (
            charged_months.actor_type is null
            or charged_months.actor_type = scoped_usage.actor_type
        )

    group by charged_months.unit_id, charged_months.charge_id, charged_months.month

),

-- a month without work is a line over nothing
completed as (

    select
        charged_months.unit_id,
        charged_months.charge_id,
        charged_months.month,
        charged_months.service_start,
        charged_months.service_end,
        cast(coalesce(counted.quantity, 0) as decimal(28, 6)) as quantity

    from charged_months

    left join counted
        on
            charged_months.unit_id = counted.unit_id
            and charged_months.charge_id = counted.charge_id
            and charged_months.month = counted.month

)

select * from completed
