{{ config(materialized='view') }}

with

-- two lists of the same relation: of one list read twice, all rows would be kept in between
billed_credits as (  -- noqa: ST03

    select * from {{ ref('int_charge_lines') }}
    where meter = 'credits'

),

charge_lines as (

    select * from {{ ref('int_charge_lines') }}
    where meter <> 'credits' and line_kind <> 'reopened'

),

wallet_lines as (

    select * from {{ ref('int_wallet_lines') }}

),

balances as (

    select * from {{ ref('int_wallet_balances') }}

),

credit_lines as (

    select
        unit_id,
        line_key,
        charge_id,
        charge_name,
        line_kind,
        meter,
        pricing,
        outcomes_only,
        event_id,
        service_start,
        service_end,
        quantity,
        included,
        billable,
        numerator,
        denominator,
        unit_price,
        package_size,
        tier,
        price_version,
        contract_discount_ratio,
        exact_amount,
        amount,
        minor_units,
        note

    from billed_credits

    union all

    select
        unit_id,
        line_key,
        charge_id,
        charge_name,
        line_kind,
        meter,
        pricing,
        outcomes_only,
        event_id,
        service_start,
        service_end,
        quantity,
        included,
        billable,
        numerator,
        denominator,
        unit_price,
        package_size,
        tier,
        price_version,
        contract_discount_ratio,
        exact_amount,
        amount,
        minor_units,
        cast(null as varchar) as note

    from wallet_lines

),

told as (

    select
        credit_lines.unit_id,
        credit_lines.line_key,
        credit_lines.charge_id,
        credit_lines.charge_name,
        credit_lines.line_kind,
        credit_lines.meter,
        credit_lines.pricing,
        credit_lines.outcomes_only,
        credit_lines.event_id,
        credit_lines.service_start,
        credit_lines.service_end,
        credit_lines.quantity,
        credit_lines.included,
        credit_lines.billable,
        credit_lines.numerator,
        credit_lines.denominator,
        credit_lines.unit_price,
        credit_lines.package_size,
        credit_lines.tier,
        credit_lines.price_version,
        credit_lines.contract_discount_ratio,
        credit_lines.exact_amount,
        credit_lines.amount,
        credit_lines.minor_units,
        credit_lines.note,
        credit_lines.meter as unit_name,
        concat(
            {{ counted_text('credit_lines.quantity', 'credit') }},
            case
                when balances.at_zero = 'block' and balances.beyond > 0 then ' asked for'
                else ' drawn'
            end,
            case
                when credit_lines.quantity <> balances.demand
                    then
                        -- one of the parts of a month in which the price changes
                        case
                            when credit_lines.included > 0
                                then
                                    concat(
                                        ', ',
                                        {{ number_text('credit_lines.included') }},
                                        ' from grants or included'
                                    )
                            else ''
                        end
                else
                    concat(
                        case
                            when balances.grant_drawn > 0
                                then
                                    concat(
                                        ', ',
                                        {{ number_text('balances.grant_drawn') }},
                                        ' from grants'
                                    )
                            else ''
                        end,
                        case
                            when balances.pack_drawn > 0
                                then
                                    concat(
                                        ', ',
                                        {{ number_text('balances.pack_drawn') }},
                                        ' left of packs'
                                    )
                            else ''
                        end,
                        case
                            when balances.grace_drawn > 0
                                then
                                    concat(
                                        ', ',
                                        {{ number_text('balances.grace_drawn') }},
                                        ' of grace'
                                    )
                            else ''
                        end,
                        case
                            when credit_lines.included > balances.demand - balances.beyond
                                then
                                    concat(
                                        ', ',
                                        {{ number_text(
                                            'credit_lines.included - balances.demand'
                                            ~ ' + balances.beyond'
                                        ) }},
                                        ' included'
                                    )
                            else ''
                        end
                    )
            end
        ) as drawn_text

    from credit_lines

    inner join balances
        on
            credit_lines.unit_id = balances.unit_id
            and credit_lines.service_start >= balances.service_start
            and credit_lines.service_start < balances.service_end

),

lines as (

    select
        unit_id,
        line_key,
        charge_id,
        charge_name,
        line_kind,
        meter,
        pricing,
        outcomes_only,
        event_id,
        service_start,
        service_end,
        quantity,
        included,
        billable,
        numerator,
        denominator,
        unit_price,
        package_size,
        tier,
        price_version,
        contract_discount_ratio,
        exact_amount,
        amount,
        minor_units,
        note,
        unit_name,
        cast(null as varchar) as drawn_text

    from charge_lines

    union all

    select * from told

)

select * from lines
