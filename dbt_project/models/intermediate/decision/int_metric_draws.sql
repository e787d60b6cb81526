with

segment_months as (

    select * from {{ ref('int_segment_months') }}

),

segment_draws as (

    select * from {{ ref('int_segment_draws') }}

),

-- draw 0 is what really happened, in full precision: figure and interval share one formula
sums as (

    select
        segment,
        month,
        month_index,
        0 as draw,
        end_seats,
        watched_seats,
        active_seats,
        known_work,
        automation_work,
        mrr_opening,
        mrr_expansion,
        list_amount,
        realized_amount,
        unapproved_amount,
        margin_accounts,
        exposed_accounts,
        ticket_accounts,
        shock_ticket_accounts,
        billed_accounts,
        shocked_accounts

    from segment_months

    union all

    select
        segment,
        month,
        month_index,
        draw,
        end_seats,
        watched_seats,
        active_seats,
        known_work,
        automation_work,
        mrr_opening,
        mrr_expansion,
        list_amount,
        realized_amount,
        unapproved_amount,
        margin_accounts,
        exposed_accounts,
        ticket_accounts,
        shock_ticket_accounts,
        billed_accounts,
        shocked_accounts

    from segment_draws

),

looked_back as (

    select
        *,
        lag(end_seats, 3) over by_month as end_seats_3m,
        lag(end_seats, 12) over by_month as end_seats_12m,
        lag(end_seats, 15) over by_month as end_seats_15m,
        lag(known_work, 6) over by_month as known_work_6m,
        lag(automation_work, 6) over by_month as automation_work_6m,
        lag(mrr_opening, 2) over by_month as mrr_opening_3m,
        case
            when month_index >= 2
                then sum(mrr_expansion) over (
                    partition by segment, draw
                    order by month_index
                    rows between 2 preceding and current row
                )
        end as expansion_3m

    from sums

    window by_month as (partition by segment, draw order by month_index)

),

compared as (

    select
        *,
        lag(expansion_3m, 12) over (partition by segment, draw order by month_index)
            as expansion_3m_year_ago

    from looked_back

),

-- one row per metric; `subtrahend` is what a rise is measured from
metrics as (

    select
        segment,
        month,
        draw,
        'utilization' as metric,
        cast(active_seats as decimal(38, 6)) as numerator,
        cast(watched_seats as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'automation_share' as metric,
        cast(automation_work as decimal(38, 6)) as numerator,
        cast(known_work as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'automation_rise_6m' as metric,
        cast(automation_work as decimal(38, 6)) as numerator,
        cast(known_work as decimal(38, 6)) as denominator,
        {{ ratio('automation_work_6m', 'known_work_6m') }} as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'seat_change_3m' as metric,
        cast(end_seats - end_seats_3m as decimal(38, 6)) as numerator,
        cast(end_seats_3m as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    -- half of a loss says nothing: only a year-ago growth can be compared with
    select
        segment,
        month,
        draw,
        'seat_growth_vs_year_ago' as metric,
        cast(end_seats - end_seats_3m as decimal(38, 6)) as numerator,
        cast(
            case when end_seats_12m > end_seats_15m then end_seats_12m - end_seats_15m end
            as decimal(38, 6)
        ) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'expansion_rate_3m' as metric,
        cast(expansion_3m as decimal(38, 6)) as numerator,
        cast(3 * mrr_opening_3m as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'expansion_vs_year_ago' as metric,
        cast(expansion_3m as decimal(38, 6)) as numerator,
        cast(expansion_3m_year_ago as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'exposed_share' as metric,
        cast(exposed_accounts as decimal(38, 6)) as numerator,
        cast(margin_accounts as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'discount_leakage' as metric,
        cast(list_amount - realized_amount as decimal(38, 6)) as numerator,
        cast(list_amount as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'unapproved_discount_share' as metric,
        cast(unapproved_amount as decimal(38, 6)) as numerator,
        cast(list_amount as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'shock_ticket_share' as metric,
        cast(shock_ticket_accounts as decimal(38, 6)) as numerator,
        cast(ticket_accounts as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

    union all

    select
        segment,
        month,
        draw,
        'shock_rate' as metric,
        cast(shocked_accounts as decimal(38, 6)) as numerator,
        cast(billed_accounts as decimal(38, 6)) as denominator,
        cast(0 as decimal(18, 6)) as subtrahend

    from compared

),

-- nothing to divide by, or less than that, is no rate
valued as (

    select
        segment,
        month,
        draw,
        metric,
        case when metric <> 'automation_rise_6m' then numerator end as numerator,
        case when metric <> 'automation_rise_6m' then denominator end as denominator,
        case when denominator > 0 then {{ ratio('numerator', 'denominator') }} - subtrahend end
            as value

    from metrics

)

select * from valued
