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

-- a version of a charge is in force from its valid_from until its valid_to, inside a period too
versions as (

    select
        units.unit_id,
        units.account_id,
        units.currency,
        units.billable_roles,
        units.bill_suspended,
        units.seats_committed,
        units.service_start,
        units.service_end,
        charges.charge_id,
        charges.valid_from,
        charges.charge_name,
        charges.meter,
        charges.role,
        charges.dimension,
        charges.actor_type,
        charges.outcomes_only,
        charges.pricing,
        coalesce(charges.aggregation, 'sum') as aggregation,
        charges.unit_amount,
        charges.package_size,
        coalesce(charges.included_quantity, 0) as included_quantity,
        charges.included_per,
        charges.line_minimum,
        charges.line_maximum,
        coalesce(charges.tiers_by, 'period') as tiers_by,
        charges.divide_by,
        charges.quantity_rounding,
        greatest(charges.valid_from, units.service_start) as version_start,
        least(coalesce(charges.valid_to, units.service_end), units.service_end) as version_end

    from units

    inner join charges
        on
            units.plan_id = charges.plan_id
            and units.service_end > charges.valid_from
            and (charges.valid_to is null or units.service_start < charges.valid_to)

),

-- what was negotiated with the account overrides the list for as long as it is valid
negotiated as (

    select
        versions.unit_id,
        versions.charge_id,
        versions.valid_from,
        versions.version_start,
        versions.version_end,
        greatest(contract_prices.valid_from, versions.version_start) as priced_start,
        least(contract_prices.valid_before, versions.version_end) as priced_end,
        contract_prices.unit_amount as contract_unit_amount,
        contract_prices.discount_ratio as contract_discount_ratio

    from versions

    inner join contract_prices
        on
            versions.account_id = contract_prices.account_id
            and versions.charge_id = contract_prices.charge_id
            and versions.version_end > contract_prices.valid_from
            and versions.version_start < contract_prices.valid_before

),

cuts as (

    select
        unit_id,
        charge_id,
        valid_from,
        version_end,
        version_start as window_start

    from negotiated

    union distinct

    select
        unit_id,
        charge_id,
        valid_from,
        version_end,
        priced_start as window_start

    from negotiated

    union distinct

    select
        unit_id,
        charge_id,
        valid_from,
        version_end,
        priced_end as window_start

    from negotiated
    where priced_end < version_end

),

cut_windows as (

    select
        cuts.*,
        lead(window_start, 1, version_end) over (
            partition by unit_id, charge_id, valid_from
            order by window_start
        ) as window_end

    from cuts

),

priced_windows as (

    select
        cut_windows.unit_id,
        cut_windows.charge_id,
        cut_windows.valid_from,
        cut_windows.window_start,
        cut_windows.window_end,
        negotiated.contract_unit_amount,
        negotiated.contract_discount_ratio

    from cut_windows

    left join negotiated
        on
            cut_windows.unit_id = negotiated.unit_id
            and cut_windows.charge_id = negotiated.charge_id
            and cut_windows.valid_from = negotiated.valid_from
            and cut_windows.window_start >= negotiated.priced_start
            and cut_windows.window_start < negotiated.priced_end

),

windows as (

    select
        versions.*,
        coalesce(priced_windows.window_start, versions.version_start) as window_start,
        coalesce(priced_windows.window_end, versions.version_end) as window_end,
        priced_windows.contract_unit_amount,
        priced_windows.contract_discount_ratio

    from versions

    left join priced_windows
        on
            versions.unit_id = priced_windows.unit_id
            and versions.charge_id = priced_windows.charge_id
            and versions.valid_from = priced_windows.valid_from

),

priced as (

    select
        unit_id,
        charge_id,
        window_start,
        window_end,
        window_start > service_start or window_end < service_end as is_cut,
        valid_from,
        currency,
        charge_name,
        meter,
        role,
        dimension,
        actor_type,
        outcomes_only,
        -- one negotiated price stands for every tier
        case
            when contract_unit_amount is not null and pricing in ('graduated', 'volume')
                then 'per_unit'
            else pricing
        end as pricing,
        aggregation,
        coalesce(contract_unit_amount, unit_amount) as unit_amount,
        package_size,
        included_quantity,
        included_per,
        line_minimum,
        line_maximum,
        tiers_by,
        divide_by,
        quantity_rounding,
        coalesce(contract_discount_ratio, 0) as contract_discount_ratio,
        -- what is committed are seats of any role
        case when role is null then seats_committed else 0 end as seats_committed,
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

    from windows

)

select * from priced
