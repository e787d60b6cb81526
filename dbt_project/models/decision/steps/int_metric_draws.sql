{# Each rate once: its name, numerator, denominator, and what it is measured from. #}
{% set rates = [
    ('utilization', 'active_seats', 'watched_seats', '0'),
    ('automation_share', 'automation_work', 'known_work', '0'),
    (
        'automation_rise_6m', 'automation_work', 'known_work',
        ratio('automation_work_6m', 'known_work_6m')
    ),
    ('seat_change_3m', 'end_seats - end_seats_3m', 'end_seats_3m', '0'),
    (
        'seat_growth_vs_year_ago', 'end_seats - end_seats_3m',
        'case when end_seats_12m > end_seats_15m then end_seats_12m - end_seats_15m end', '0'
    ),
    ('expansion_rate_3m', 'expansion_3m', '3 * mrr_opening_3m', '0'),
    ('expansion_vs_year_ago', 'expansion_3m', 'expansion_3m_year_ago', '0'),
    ('exposed_share', 'exposed_accounts', 'margin_accounts', '0'),
    ('discount_leakage', 'list_amount - realized_amount', 'list_amount', '0'),
    ('unapproved_discount_share', 'unapproved_amount', 'list_amount', '0'),
    ('shock_ticket_share', 'shock_ticket_accounts', 'ticket_accounts', '0'),
    ('shock_rate', 'shocked_accounts', 'billed_accounts', '0'),
] %}
{# half of a loss says nothing: growth is only compared with a year-ago growth #}

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

    {% for metric, numerator, denominator, subtrahend in rates %}

    select
        segment,
        month,
        draw,
        '{{ metric }}' as metric,
        cast({{ numerator }} as decimal(38, 6)) as numerator,
        cast({{ denominator }} as decimal(38, 6)) as denominator,
        cast({{ subtrahend }} as decimal(18, 6)) as subtrahend

    from compared

    {{ 'union all' if not loop.last }}

    {% endfor %}

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
