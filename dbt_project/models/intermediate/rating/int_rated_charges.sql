with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('stg_charges') }}

),

contract_prices as (

    select
        *,
        coalesce(valid_to, date '9999-12-31') as valid_before

    from {{ ref('stg_contract_prices') }}

),

-- the version of a charge that is in force when the period starts
in_force as (

    select
        units.unit_id,
        units.account_id,
        units.period_start,
        units.billable_roles,
        units.bill_suspended,
        charges.charge_id,
        charges.valid_from,
        charges.charge_name,
        charges.meter,
        charges.role,
        charges.dimension,
        charges.actor_type,
        charges.outcomes_only,
        charges.pricing,
        charges.unit_amount,
        charges.package_size,
        coalesce(charges.included_quantity, 0) as included_quantity,
        charges.included_per,
        charges.line_minimum,
        charges.line_maximum

    from units

    inner join charges
        on
            units.plan_id = charges.plan_id
            and units.period_start >= charges.valid_from
            and (charges.valid_to is null or units.period_start < charges.valid_to)

),

-- what was negotiated with the account overrides the list
negotiated as (

    select
        in_force.*,
        contract_prices.unit_amount as contract_unit_amount,
        contract_prices.discount_ratio as contract_discount_ratio,
        row_number() over (
            partition by in_force.unit_id, in_force.charge_id
            order by contract_prices.valid_from desc nulls last
        ) as price_rank

    from in_force

    left join contract_prices
        on
            in_force.account_id = contract_prices.account_id
            and in_force.charge_id = contract_prices.charge_id
            and in_force.period_start >= contract_prices.valid_from
            and in_force.period_start < contract_prices.valid_before

),

priced as (

    select
        unit_id,
        charge_id,
        valid_from,
        charge_name,
        meter,
        role,
        dimension,
        actor_type,
        outcomes_only,
        pricing,
        coalesce(contract_unit_amount, unit_amount) as unit_amount,
        package_size,
        included_quantity,
        included_per,
        line_minimum,
        line_maximum,
        coalesce(contract_discount_ratio, 0) as contract_discount_ratio,
        concat(
            billable_roles,
            '|',
            case when bill_suspended then '1' else '0' end,
            '|',
            coalesce(role, '')
        ) as seat_rule,
        concat(
            charge_id,
            ' @ ',
            cast(valid_from as varchar),
            case when contract_unit_amount is not null then ' (contract price)' else '' end
        ) as price_version

    from negotiated
    where price_rank = 1

)

select * from priced
