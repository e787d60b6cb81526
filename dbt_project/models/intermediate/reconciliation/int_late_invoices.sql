with

lines as (

    select * from {{ ref('int_mrr_lines') }}
    where line_type <> 'usage'

),

month_closes as (

    select * from {{ ref('int_month_closes') }}
    where not is_provisional

),

-- billing a month after it closed is normal; what was issued or ordered before the close and
-- recorded after it is late
late as (

    select distinct
        lines.invoice_id,
        month_closes.month

    from lines

    inner join month_closes
        on
            lines.known_at >= month_closes.closed_at
            and (
                (
                    lines.service_start <= month_closes.measured_on
                    and lines.service_end > month_closes.measured_on
                )
                or (
                    lines.service_start <= month_closes.previous_measured_on
                    and lines.service_end > month_closes.previous_measured_on
                )
            )

    where lines.has_event or lines.issued_at < month_closes.closed_at

)

select * from late
