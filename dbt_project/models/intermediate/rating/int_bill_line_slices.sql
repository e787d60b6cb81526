with

bill_lines as (

    select * from {{ ref('int_bill_lines') }}

),

anchors as (  -- noqa: ST03

    select * from {{ ref('int_account_anchors') }}

),

currencies as (  -- noqa: ST03

    select * from {{ ref('stg_currencies') }}

),

-- most plans bill by the month, and a monthly line is its own slice
monthly as (

    select
        bill_lines.*,
        bill_lines.month as slice_month,
        1 as slice_weight,
        1 as slice_total_weight,
        bill_lines.amount as slice_amount

    from bill_lines
    where bill_lines.interval_months = 1

),

longer as (  -- noqa: ST03

    select * from bill_lines
    where interval_months > 1

),

sliced as (

    select * from ({{ sliced_lines('longer', 'anchors', 'currencies') }})

),

slices as (

    select
        monthly.*,
        cast(null as integer) as slice_count

    from monthly

    union all

    select
        sliced.*,
        cast(count(*) over (partition by sliced.line_key) as integer) as slice_count

    from sliced

),

described as (

    select
        line_key,
        scenario_id,
        account_id,
        subscription_id,
        plan_id,
        slice_month as month,
        currency,
        charge_id,
        line_name,
        line_kind,
        meter,
        event_id,
        service_start,
        service_end,
        quantity,
        included,
        billable,
        unit_price,
        tier,
        {{ exact_ratio('exact_amount', 'slice_weight', 'slice_total_weight') }} as exact_amount,
        slice_amount as amount,
        price_version,
        cause,
        case
            when slice_count > 1
                then
                    concat(
                        explanation,
                        ' One of ',
                        cast(slice_count as varchar),
                        ' monthly parts of ',
                        {{ price_text('cast(amount as decimal(18, 9))') }},
                        '.'
                    )
            else explanation
        end as explanation

    from slices

)

select * from described
