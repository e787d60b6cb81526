{{ config(materialized='view') }}

with

bill_lines as (

    select * from {{ ref('int_bill_lines') }}

),

anchors as (  -- noqa: ST03

    select * from {{ ref('int_account_anchors') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

-- by the quarter, by the year, or of a contract with a billing day of its own
longer as (  -- noqa: ST03

    select * from bill_lines
    where not is_one_anchor_month

),

sliced as (

    select * from ({{ sliced_lines('longer', 'anchors', 'currencies') }})

),

counted as (

    select
        sliced.*,
        cast(count(*) over (partition by sliced.line_key) as integer) as slice_count

    from sliced

),

-- most plans bill by the anchor month, and such a line is its own slice
monthly as (

    select
        bill_lines.*,
        bill_lines.month as slice_month,
        1 as slice_weight,
        1 as slice_total_weight,
        bill_lines.amount as slice_amount,
        cast(null as integer) as slice_count

    from bill_lines
    where bill_lines.is_one_anchor_month

),

slices as (

    select * from monthly

    union all

    select * from counted

),

described as (

    select
        slices.line_key,
        slices.scenario_id,
        slices.account_id,
        slices.subscription_id,
        slices.plan_id,
        slices.slice_month as month,
        slices.currency,
        slices.charge_id,
        slices.line_name,
        slices.line_kind,
        slices.meter,
        slices.event_id,
        slices.service_start,
        slices.service_end,
        slices.quantity,
        slices.included,
        slices.billable,
        slices.unit_price,
        slices.tier,
        {{ exact_ratio(
            'slices.exact_amount', 'slices.slice_weight', 'slices.slice_total_weight'
        ) }} as exact_amount,
        slices.slice_amount as amount,
        slices.price_version,
        slices.cause,
        case
            when slices.slice_count > 1
                then
                    concat(
                        slices.explanation,
                        ' One of ',
                        cast(slices.slice_count as varchar),
                        ' monthly parts of ',
                        {{ price_text('slices.amount', 'coalesce(currencies.minor_units, 2)') }},
                        ': ',
                        {{ price_text(
                            'slices.slice_amount', 'coalesce(currencies.minor_units, 2)'
                        ) }},
                        '.'
                    )
            else slices.explanation
        end as explanation

    from slices

    left join currencies
        on slices.currency = currencies.currency

)

select * from described
