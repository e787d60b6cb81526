with

matched_lines as (

    select * from {{ ref('int_matched_lines') }}

),

late_seats as (

    select * from {{ ref('int_late_seat_lines') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

compared as (

    select
        matched_lines.*,
        coalesce(matched_lines.invoiced_amount, 0) - coalesce(matched_lines.expected_amount, 0)
            as difference,
        coalesce(matched_lines.expected_currency, matched_lines.invoiced_currency) as currency,
        coalesce(currencies.minor_units, 2) as minor_units,
        case coalesce(currencies.minor_units, 2)
            when 0 then cast(1 as decimal(6, 4))
            when 3 then cast(0.001 as decimal(6, 4))
            else cast(0.01 as decimal(6, 4))
        end as minor_unit,
        late_seats.known_quantity,
        late_seats.is_all_corrections,
        coalesce(matched_lines.event_id, late_seats.first_event_id) as cause_event_id

    from matched_lines

    left join currencies
        on
            coalesce(matched_lines.expected_currency, matched_lines.invoiced_currency)
            = currencies.currency

    left join late_seats
        on
            matched_lines.account_id = late_seats.account_id
            and matched_lines.line_key = late_seats.line_key

),

-- the first cause that fits, from the most to the least certain
reasoned as (

    select
        compared.*,
        case
            when
                expected_currency is not null
                and invoiced_currency is not null
                and expected_currency <> invoiced_currency
                then 'currency_mismatch'
            when invoice_id is not null and expected_amount is not null and difference = 0
                then null
            when
                invoice_id is not null
                and expected_amount is not null
                and abs(difference) <= minor_unit
                then 'rounding'
            when invoice_id is null and recorded_at > billed_at
                then case when event_type = 'correction' then 'correction' else 'late_event' end
            when invoice_id is null and known_quantity = 0
                then case when is_all_corrections then 'correction' else 'late_event' end
            when invoice_id is null then 'missing_on_invoice'
            when line_kind = 'discount' and (expected_amount is null or difference < 0)
                then 'discount_unapproved'
            when expected_amount is null then 'missing_in_exports'
            when line_kind = 'discount' then 'price_mismatch'
            when invoiced_quantity = known_quantity
                then case when is_all_corrections then 'correction' else 'late_event' end
            when invoiced_unit_price <> expected_unit_price then 'price_mismatch'
            -- some invoices show the quantity after the allowance
            when
                invoiced_quantity <> expected_quantity
                and invoiced_quantity <> coalesce(expected_billable, expected_quantity)
                then 'quantity_mismatch'
            when line_kind = 'proration' or is_share then 'proration_mismatch'
            else 'unexplained'
        end as reason

    from compared

),

explained as (

    select
        reasoned.*,
        case
            when reason is null
                then
                    concat(
                        'Invoiced and expected ',
                        {{ price_text('invoiced_amount', 'minor_units') }},
                        '.'
                    )
            when invoice_id is null
                then
                    concat(
                        'Expected ',
                        {{ price_text('expected_amount', 'minor_units') }},
                        ' from ',
                        cast(service_start as varchar),
                        case
                            when reason = 'correction'
                                then ' for a correction recorded after its period was billed.'
                            when reason = 'late_event'
                                then ' for seats recorded after their period was billed.'
                            else ', which no invoice has.'
                        end
                    )
            when expected_amount is null
                then
                    concat(
                        'Invoiced ',
                        {{ price_text('invoiced_amount', 'minor_units') }},
                        case
                            when reason = 'discount_unapproved'
                                then ' as a discount that nobody approved.'
                            else ', for which the exports give no ground.'
                        end
                    )
            else
                concat(
                    'Invoiced ',
                    {{ price_text('invoiced_amount', 'minor_units') }},
                    ', expected ',
                    {{ price_text('expected_amount', 'minor_units') }},
                    case reason
                        when 'currency_mismatch'
                            then concat(': ', invoiced_currency, ', not ', expected_currency, '.')
                        when 'rounding' then ': one minor unit of rounding.'
                        when 'discount_unapproved' then ': a larger discount than was approved.'
                        when 'price_mismatch'
                            then
                                case
                                    when line_kind = 'discount'
                                        then ': a smaller discount than was approved.'
                                    else
                                        concat(
                                            ': at ',
                                            {{ price_text('invoiced_unit_price', 'minor_units') }},
                                            ' instead of ',
                                            {{ price_text('expected_unit_price', 'minor_units') }},
                                            case when line_kind = 'flat' then '.' else ' each.' end
                                        )
                                end
                        when 'proration_mismatch'
                            then
                                case
                                    when line_kind = 'flat' then ': another share of the period.'
                                    else ': same seats and price, another share of the period.'
                                end
                        when 'unexplained' then ': no cause found.'
                        else
                            concat(
                                ': ',
                                {{ number_text('invoiced_quantity') }},
                                case
                                    when line_kind in ('seat', 'proration') then ' seats'
                                    else ''
                                end,
                                ' instead of ',
                                {{ number_text('expected_quantity') }},
                                case reason
                                    when 'late_event' then ', recorded after the invoice.'
                                    when 'correction' then ', corrected after the invoice.'
                                    else '.'
                                end
                            )
                    end
                )
        end as sentence

    from reasoned

),

placed as (

    select
        explained.account_id,
        explained.service_start as period_start,
        explained.service_end as period_end,
        case
            when
                explained.service_start
                >= {{ anchor_date(month_of('explained.service_start'), 'anchors.anchor_day') }}
                then {{ month_of('explained.service_start') }}
            else {{ add_months(month_of('explained.service_start'), '-1') }}
        end as month,
        explained.line_key,
        explained.line_kind,
        accounts.segment,
        explained.currency,
        explained.expected_quantity,
        coalesce(explained.known_quantity, explained.expected_quantity) as known_quantity,
        explained.invoiced_quantity,
        explained.expected_amount,
        explained.invoiced_amount,
        explained.difference,
        explained.reason,
        explained.sentence,
        explained.invoice_id,
        explained.line_id,
        explained.cause_event_id as event_id

    from explained

    inner join accounts
        on explained.account_id = accounts.account_id

    inner join anchors
        on explained.account_id = anchors.account_id

),

typed as (

    select
        account_id,
        period_start,
        period_end,
        month,
        line_key,
        line_kind,
        segment,
        currency,
        cast(expected_quantity as decimal(28, 6)) as expected_quantity,
        cast(known_quantity as decimal(28, 6)) as known_quantity,
        cast(invoiced_quantity as decimal(28, 6)) as invoiced_quantity,
        cast(expected_amount as decimal(18, 4)) as expected_amount,
        cast(invoiced_amount as decimal(18, 4)) as invoiced_amount,
        cast(difference as decimal(18, 4)) as difference,
        reason is null as is_matched,
        reason,
        sentence,
        invoice_id,
        line_id,
        event_id

    from placed

)

select * from typed
