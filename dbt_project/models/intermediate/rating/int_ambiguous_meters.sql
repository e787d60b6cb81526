with

units as (

    select * from {{ ref('int_rated_units') }}
    where scenario_id = 'current'

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
    where contract_id = ''

),

priced as (

    select
        units.account_id,
        anchor_months.month,
        charges.meter,
        count(distinct units.contract_id) as contract_count

    from units

    inner join charges
        on units.unit_id = charges.unit_id

    inner join anchor_months
        on
            units.account_id = anchor_months.account_id
            and anchor_months.period_start < units.service_end
            and anchor_months.period_end > units.service_start

    group by units.account_id, anchor_months.month, charges.meter

),

ambiguous as (

    select
        priced.account_id,
        priced.month,
        min(priced.meter) as meter

    from priced

    inner join usage_months
        on
            priced.account_id = usage_months.account_id
            and priced.month = usage_months.month
            and priced.meter = usage_months.meter

    where priced.contract_count > 1

    group by priced.account_id, priced.month

)

select * from ambiguous
