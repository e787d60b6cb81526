with

metric_draws as (

    select * from {{ ref('int_metric_draws') }}

),

segment_months as (

    select * from {{ ref('int_segment_months') }}

),

correlations as (

    select * from {{ ref('int_rank_correlations') }}

),

export_status as (

    select * from {{ ref('stg_export_status') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- which exports are missing, in the words that people are shown
missing as (

    select
        max(case when export = 'cost_rates' then reason end) as cost_rates_reason,
        max(case when export = 'support_tickets' then reason end) as support_tickets_reason

    from export_status

),

actual as (

    select * from metric_draws

    where draw = 0

),

ordered as (

    select
        segment,
        month,
        metric,
        value,
        row_number() over (partition by segment, month, metric order by value) as place,
        count(*) over (partition by segment, month, metric) as draws

    from metric_draws

    where draw > 0 and value is not null

),

-- the middle 80 % of the draws, by their places: no interpolation, so both engines agree
intervals as (

    select
        segment,
        month,
        metric,
        max(case when place = {{ low_place('draws') }} then value end) as low,
        max(case when place = draws + 1 - {{ low_place('draws') }} then value end) as high

    from ordered

    group by segment, month, metric

),

rates as (

    select
        actual.segment,
        actual.month,
        actual.metric,
        actual.value,
        actual.numerator,
        actual.denominator,
        case
            when actual.metric = 'utilization' then segment_months.watched_accounts
            when actual.metric in ('automation_share', 'automation_rise_6m')
                then segment_months.working_accounts
            when actual.metric in ('seat_change_3m', 'seat_growth_vs_year_ago')
                then segment_months.seat_accounts
            when actual.metric in ('expansion_rate_3m', 'expansion_vs_year_ago')
                then segment_months.active_accounts
            when actual.metric = 'exposed_share' then segment_months.margin_accounts
            when actual.metric in ('discount_leakage', 'unapproved_discount_share')
                then segment_months.listed_accounts
            when actual.metric = 'shock_ticket_share' then segment_months.ticket_accounts
            else segment_months.billed_accounts
        end as accounts,
        intervals.low,
        intervals.high,
        case when actual.metric = 'automation_rise_6m' then 'points' else 'ratio' end as unit,
        case
            when actual.metric = 'utilization'
                then coalesce(segment_months.utilization_reason, 'no billable seats')
            when
                actual.metric in ('automation_share', 'automation_rise_6m')
                and segment_months.work = 0
                then 'no usage of ' || settings.value_meter
            when
                actual.metric in ('automation_share', 'automation_rise_6m')
                and segment_months.known_work = 0
                then 'usage names no actors'
            when actual.metric = 'automation_rise_6m'
                then 'no known actors 6 months before'
            when actual.metric = 'seat_change_3m' then 'no billable seats 3 months before'
            when actual.metric = 'seat_growth_vs_year_ago'
                then 'no seat growth a year before'
            when actual.metric = 'expansion_rate_3m' then 'no MRR 3 months before'
            when actual.metric = 'expansion_vs_year_ago' then 'no expansion a year before'
            when actual.metric = 'exposed_share'
                then
                    coalesce(
                        missing.cost_rates_reason,
                        segment_months.margin_reason,
                        'no account with revenue and cost'
                    )
            when actual.metric in ('discount_leakage', 'unapproved_discount_share')
                then 'no list price known'
            when actual.metric = 'shock_ticket_share'
                then
                    coalesce(
                        missing.support_tickets_reason,
                        segment_months.ticket_reason,
                        'no account invoiced'
                    )
            else 'no bill with a baseline'
        end as reason

    from actual

    inner join segment_months
        on actual.segment = segment_months.segment and actual.month = segment_months.month

    left join intervals
        on
            actual.segment = intervals.segment
            and actual.month = intervals.month
            and actual.metric = intervals.metric

    cross join missing

    cross join settings

),

fits as (

    select
        correlations.segment,
        correlations.month,
        'seats_work_correlation' as metric,
        correlations.correlation as value,
        correlations.accounts,
        'correlation' as unit,
        case
            when segment_months.work = 0 then 'no usage of ' || settings.value_meter
            else 'accounts do not differ in seats or work'
        end as reason

    from correlations

    inner join segment_months
        on
            correlations.segment = segment_months.segment
            and correlations.month = segment_months.month

    cross join settings

    union all

    select
        correlations.segment,
        correlations.month,
        'seats_work_falling_months' as metric,
        cast(correlations.falling_months as decimal(18, 6)) as value,
        correlations.accounts,
        'months' as unit,
        'no correlation in the month' as reason

    from correlations

),

-- levels: no rate, so no interval
levels as (

    select
        segment,
        month,
        'mrr' as metric,
        cast(mrr as decimal(28, 6)) as value,
        active_accounts as accounts,
        'money' as unit

    from segment_months

    union all

    select
        segment,
        month,
        'accounts' as metric,
        cast(active_accounts as decimal(18, 6)) as value,
        active_accounts as accounts,
        'accounts' as unit

    from segment_months

    union all

    select
        segment,
        month,
        'arpu' as metric,
        {{ ratio('2 * revenue', 'opening_accounts + active_accounts') }} as value,
        active_accounts as accounts,
        'money' as unit

    from segment_months

),

together as (

    select
        segment,
        month,
        metric,
        value,
        numerator,
        denominator,
        accounts,
        low,
        high,
        unit,
        reason

    from rates

    union all

    select
        segment,
        month,
        metric,
        value,
        null as numerator,
        null as denominator,
        accounts,
        null as low,
        null as high,
        unit,
        reason

    from fits

    union all

    select
        segment,
        month,
        metric,
        value,
        null as numerator,
        null as denominator,
        accounts,
        null as low,
        null as high,
        unit,
        'no active account' as reason

    from levels

),

final as (

    select
        together.segment,
        together.month,
        together.metric,
        cast(together.value as decimal(28, 6)) as value,
        cast(case when together.value is not null then together.numerator end as decimal(38, 6))
            as numerator,
        cast(case when together.value is not null then together.denominator end as decimal(38, 6))
            as denominator,
        cast(together.accounts as bigint) as accounts,
        cast(case when together.value is not null then together.low end as decimal(18, 6)) as low,
        cast(case when together.value is not null then together.high end as decimal(18, 6))
            as high,
        together.unit,
        together.value is not null as is_available,
        case
            when together.value is not null then null
            when
                segment_months.month_index < {{ history_months('together.metric') }}
                and segment_months.mrr + segment_months.end_seats + segment_months.work > 0
                then
                    'needs ' || cast({{ history_months('together.metric') }} as varchar)
                    || ' months before it'
            else together.reason
        end as reason,
        segment_months.is_provisional
        or (together.metric = 'shock_ticket_share' and segment_months.open_ticket_accounts > 0)
            as is_provisional

    from together

    inner join segment_months
        on together.segment = segment_months.segment and together.month = segment_months.month

)

select * from final
