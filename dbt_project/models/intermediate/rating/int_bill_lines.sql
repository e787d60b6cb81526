with

unit_lines as (

    select * from {{ ref('int_unit_lines') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines') }}

),

adjustment_lines as (

    select * from {{ ref('int_adjustment_lines') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

charge_activity as (

    select * from {{ ref('int_charge_activity') }}

),

charged as (

    select
        unit_id,
        line_key,
        charge_id,
        charge_name as line_name,
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
        exact_amount,
        amount,
        price_version,
        drawn_text,
        unit_name,
        case
            when line_kind in ('seat', 'proration') then 'seats'
            when line_kind = 'flat' then 'platform'
            when meter = 'credits' then 'credits'
            when outcomes_only then 'outcomes'
            when included > 0 then 'overage'
            else 'usage'
        end as cause,
        concat({{ share_text('numerator', 'denominator') }}, coalesce(note, '')) as share_text,
        -- a price that is the amount, and work that is not billed, are no sum
        case
            when pricing in ('block', 'throttle', 'unlimited') then ': '
            when exact_amount <> amount then ' ≈ '
            when
                pricing = 'flat'
                and numerator = denominator
                and unit_price = amount
                then ''
            else ' = '
        end as equal_text,
        {{ price_text('amount', 'minor_units') }} as amount_text,
        case
            when pricing in ('graduated', 'volume')
                then
                    concat(
                        {{ number_text('billable') }},
                        ' priced through tier ',
                        cast(tier as varchar)
                    )
            when pricing = 'package'
                then
                    concat(
                        {{ number_text('billable') }},
                        ' in packages of ',
                        {{ number_text('package_size') }},
                        ' at ',
                        {{ price_text('unit_price', 'minor_units') }}
                    )
            when pricing = 'block'
                then concat({{ number_text('quantity - included') }}, ' refused')
            when pricing = 'throttle'
                then
                    concat({{ number_text('quantity - included') }}, ' served slowly, not billed')
            when pricing = 'unlimited'
                then concat({{ number_text('quantity - included') }}, ' more, not billed')
            when pricing = 'flat' then {{ price_text('unit_price', 'minor_units') }}
            when pricing = 'percentage'
                then
                    concat(
                        {{ number_text('unit_price') }}, ' % of ', {{ number_text('billable') }}
                    )
            else
                concat(
                    {{ number_text('billable') }},
                    ' × ',
                    {{ price_text('unit_price', 'minor_units') }}
                )
        end as price_text

    from unit_lines

),

-- nothing is said of activity where nobody can tell
told as (

    select
        charged.*,
        case
            when charged.equal_text = '' then ''
            else concat(charged.equal_text, charged.amount_text)
        end as sum_text,
        case
            when charged.line_kind <> 'seat' or charge_activity.active_seats is null then ''
            when charge_activity.active_seats > charged.quantity
                then
                    concat(
                        ', ',
                        {{ number_text('charge_activity.active_seats') }},
                        ' holders active'
                    )
            when charge_activity.active_seats = 0 then ', none active'
            when charged.quantity = 1 then ', active'
            else concat(', ', {{ number_text('charge_activity.active_seats') }}, ' of them active')
        end as activity_text

    from charged

    left join charge_activity
        on
            charged.unit_id = charge_activity.unit_id
            and charged.charge_id = charge_activity.charge_id

),

explained as (

    select
        told.*,
        case
            when line_kind = 'flat' then concat('Flat ', price_text, share_text, sum_text, '.')
            when line_kind = 'seat'
                then
                    concat(
                        {{ counted_text('quantity', 'seat') }},
                        ' billed',
                        activity_text,
                        case
                            when included > 0
                                then concat(', ', {{ number_text('included') }}, ' included')
                            else ''
                        end,
                        ': ',
                        price_text,
                        share_text,
                        sum_text,
                        '.'
                    )
            when line_kind = 'proration'
                then
                    concat(
                        case when quantity > 0 then '+' else '' end,
                        {{ counted_text('quantity', 'seat') }},
                        ' from ',
                        cast(service_start as varchar),
                        ': ',
                        price_text,
                        share_text,
                        sum_text,
                        '.'
                    )
            when drawn_text is not null
                then concat(drawn_text, ': ', price_text, share_text, sum_text, '.')
            else
                concat(
                    {{ number_text('quantity') }},
                    ' ',
                    unit_name,
                    case
                        when included > 0
                            then concat(', ', {{ number_text('included') }}, ' included')
                        else ''
                    end,
                    ': ',
                    price_text,
                    share_text,
                    sum_text,
                    '.'
                )
        end as explanation

    from told

),

adjusted as (

    select
        unit_id,
        line_key,
        cast(null as varchar) as charge_id,
        line_name,
        line_kind,
        cast(null as varchar) as meter,
        cast(null as varchar) as event_id,
        service_start,
        service_end,
        cast(null as decimal(28, 6)) as quantity,
        cast(null as decimal(28, 6)) as included,
        cast(null as decimal(28, 6)) as billable,
        cast(null as decimal(18, 9)) as unit_price,
        cast(null as integer) as tier,
        exact_amount,
        amount,
        cast(null as varchar) as price_version,
        case when line_kind = 'discount' then 'discount' else 'minimum_cap' end as cause,
        explanation

    from adjustment_lines

),

lines as (

    select
        unit_id,
        line_key,
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
        exact_amount,
        amount,
        price_version,
        cause,
        explanation

    from explained

    union all

    select * from adjusted

    union all

    select
        unit_id,
        line_key,
        charge_id,
        line_name,
        line_kind,
        meter,
        cast(null as varchar) as event_id,
        service_start,
        service_end,
        quantity,
        included,
        billable,
        unit_price,
        tier,
        exact_amount,
        amount,
        price_version,
        'outcomes' as cause,
        explanation

    from credit_lines

),

described as (

    select
        concat(lines.unit_id, chr(31), lines.line_key) as line_key,
        lines.unit_id,
        units.scenario_id,
        units.account_id,
        units.contract_id,
        units.subscription_id,
        units.plan_id,
        units.currency,
        units.interval_months,
        units.is_one_anchor_month,
        units.period_start,
        units.period_end,
        units.month,
        lines.charge_id,
        lines.line_name,
        lines.line_kind,
        lines.meter,
        lines.event_id,
        lines.service_start,
        lines.service_end,
        lines.quantity,
        lines.included,
        lines.billable,
        lines.unit_price,
        lines.tier,
        lines.exact_amount,
        lines.amount,
        lines.price_version,
        lines.cause,
        lines.explanation

    from lines

    inner join units
        on lines.unit_id = units.unit_id

)

select * from described
