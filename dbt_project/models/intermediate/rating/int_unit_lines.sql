{{ config(materialized='view') }}

with

charge_lines as (

    select * from {{ ref('int_charge_lines') }}

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
        cast(null as varchar) as drawn_text

    from charge_lines
    where line_kind <> 'reopened'

)

select * from lines
