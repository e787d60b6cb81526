with

matched_lines as (

    select * from {{ ref('int_matched_lines') }}

),

reconciliation as (

    select * from {{ ref('int_invoice_reconciliation') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

rated_charges as (

    select * from {{ ref('int_rated_charges') }}

),

charges as (

    select * from {{ ref('stg_charges') }}

),

unit_seats as (

    select * from {{ ref('int_unit_seats') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

-- a change of pricing has no single price to compare
pricings as (

    select
        charge_id,
        min(pricing) as pricing

    from charges
    group by charge_id
    having min(pricing) = max(pricing)

),

-- a price that changes inside the period cuts its line: there is no single price for it
seat_rules as (

    select
        unit_id,
        charge_id,
        min(seat_rule) as seat_rule

    from rated_charges
    where meter = 'seats'
    group by unit_id, charge_id
    having count(*) = 1

),

joined as (

    select
        matched_lines.account_id,
        matched_lines.line_key,
        matched_lines.contract_id,
        matched_lines.line_kind,
        matched_lines.unit_id,
        units.plan_id,
        matched_lines.charge_id,
        matched_lines.invoice_id,
        matched_lines.service_start,
        reconciliation.currency,
        coalesce(currencies.minor_units, 2) as minor_units,
        case coalesce(currencies.minor_units, 2)
            when 0 then cast(1 as decimal(6, 4))
            when 3 then cast(0.001 as decimal(6, 4))
            else cast(0.01 as decimal(6, 4))
        end as minor_unit,
        reconciliation.is_matched or reconciliation.reason = 'rounding' as is_fine,
        matched_lines.expected_amount,
        matched_lines.invoiced_amount,
        matched_lines.expected_unit_price,
        matched_lines.invoiced_unit_price,
        matched_lines.expected_quantity,
        coalesce(matched_lines.expected_billable, matched_lines.expected_quantity)
            as expected_billable,
        pricings.pricing,
        units.proration <> 'none' and units.seat_basis = 'time_weighted' as is_by_change,
        seat_rules.seat_rule,
        unit_seats.opening_seats,
        unit_seats.peak_seats,
        unit_seats.end_seats,
        unit_seats.average_seats

    from matched_lines

    inner join reconciliation
        on
            matched_lines.account_id = reconciliation.account_id
            and matched_lines.line_key = reconciliation.line_key
            and matched_lines.service_start = reconciliation.period_start

    left join units
        on matched_lines.unit_id = units.unit_id

    left join pricings
        on matched_lines.charge_id = pricings.charge_id

    left join seat_rules
        on
            matched_lines.unit_id = seat_rules.unit_id
            and matched_lines.charge_id = seat_rules.charge_id

    left join unit_seats
        on
            matched_lines.unit_id = unit_seats.unit_id
            and seat_rules.seat_rule = unit_seats.seat_rule

    left join currencies
        on reconciliation.currency = currencies.currency

    where coalesce(reconciliation.reason, '') <> 'currency_mismatch'

)

select * from joined
