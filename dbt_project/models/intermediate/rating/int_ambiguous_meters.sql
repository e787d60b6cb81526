with

units as (

    select * from {{ ref('int_rated_units') }}
    where scenario_id = 'current'

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter not in ('seats', 'flat', 'credits')

),

rated_meters as (

    select distinct
        plan_id,
        meter

    from {{ ref('stg_rate_tables') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

usage_months as (

    select * from {{ ref('int_usage_months') }}
    where not is_contract_named

),

-- work is priced by a charge over its meter, or taken out of a wallet by its rate
unit_meters as (

    select
        unit_id,
        meter

    from charges

    union distinct

    select
        units.unit_id,
        rated_meters.meter

    from units

    inner join rated_meters
        on units.plan_id = rated_meters.plan_id

),

priced as (

    select
        units.account_id,
        units.contract_id,
        anchor_months.month,
        unit_meters.meter,
        min(greatest(units.service_start, anchor_months.period_start)) as priced_from,
        max(least(units.service_end, anchor_months.period_end)) as priced_to

    from units

    inner join unit_meters
        on units.unit_id = unit_meters.unit_id

    inner join anchor_months
        on
            units.account_id = anchor_months.account_id
            and anchor_months.period_start < units.service_end
            and anchor_months.period_end > units.service_start

    group by units.account_id, units.contract_id, anchor_months.month, unit_meters.meter

),

-- one contract that follows another prices other days; two at once price the same ones
followed as (

    select
        priced.*,
        max(priced_to) over (
            partition by account_id, month, meter
            order by priced_from, contract_id
            rows between unbounded preceding and 1 preceding
        ) as priced_before

    from priced

),

twice_priced as (

    select distinct
        account_id,
        month,
        meter

    from followed
    where priced_from < priced_before

),

ambiguous as (

    select
        twice_priced.account_id,
        twice_priced.month,
        min(twice_priced.meter) as meter

    from twice_priced

    inner join usage_months
        on
            twice_priced.account_id = usage_months.account_id
            and twice_priced.month = usage_months.month
            and twice_priced.meter = usage_months.meter

    group by twice_priced.account_id, twice_priced.month

)

select * from ambiguous
