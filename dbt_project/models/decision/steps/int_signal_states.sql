with

signal_metrics as (

    select metrics.* from ({{ signal_metrics() }}) as metrics

),

segment_metrics as (

    select * from {{ ref('fct_segment_metrics') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

-- a handful of accounts drives no signal
measured as (

    select
        segment_metrics.segment,
        segment_metrics.month,
        calendar_months.month_index,
        signal_metrics.signal,
        signal_metrics.metric,
        signal_metrics.part,
        signal_metrics.is_trigger,
        signal_metrics.is_at_least,
        segment_metrics.value,
        segment_metrics.low,
        segment_metrics.high,
        segment_metrics.accounts,
        segment_metrics.is_available
        and segment_metrics.accounts >= limits.small_cell_accounts as is_available,
        case
            when not segment_metrics.is_available then segment_metrics.reason
            when segment_metrics.accounts < limits.small_cell_accounts
                then
                    'fewer than ' || cast(cast(limits.small_cell_accounts as integer) as varchar)
                    || ' accounts'
        end as reason,
        thresholds.fires_at,
        thresholds.clears_at,
        thresholds.direction,
        segment_metrics.unit,
        segment_metrics.is_provisional,
        cast(limits.signal_months as integer) as signal_months

    from signal_metrics

    inner join segment_metrics
        on signal_metrics.metric = segment_metrics.metric

    inner join calendar_months
        on segment_metrics.month = calendar_months.month

    inner join thresholds
        on
            segment_metrics.metric = thresholds.name
            and segment_metrics.segment = thresholds.segment

    inner join limits
        on segment_metrics.segment = limits.segment

    where not calendar_months.is_provisional

),

-- a closed month whose figure can still change is not judged: it shows the last one that cannot
observed as (

    select
        *,
        max(case when not is_provisional then month_index end) over (
            partition by segment, metric
            order by month_index
            rows between unbounded preceding and current row
        ) as observed_index

    from measured

),

compared as (

    select
        *,
        case
            when not is_available then null
            when direction = 'above' and is_at_least then value >= fires_at
            when direction = 'above' then value > fires_at
            when is_at_least then value <= fires_at
            else value < fires_at
        end as is_over,
        case
            when direction = 'above' then value < coalesce(clears_at, fires_at)
            else value > coalesce(clears_at, fires_at)
        end as is_beyond_clear

    from observed

    where not is_provisional

),

-- months in a row over the threshold: those since the last that was not
counted as (

    select
        *,
        month_index - coalesce(
            max(case when is_over then null else month_index end) over (
                partition by segment, metric
                order by month_index
                rows between unbounded preceding and current row
            ),
            min(month_index) over (partition by segment, metric) - 1
        ) as months_over

    from compared

),

-- a signal is what its last event made it: enough months over set it, one month safely back or
-- not known at all clears it, and in between it stays as it was
latched as (

    select
        *,
        max(case when months_over >= signal_months then month_index end) over (
            partition by segment, metric
            order by month_index
            rows between unbounded preceding and current row
        ) as last_set,
        max(
            case
                when not is_available or (is_beyond_clear and not is_over) then month_index
            end
        ) over (
            partition by segment, metric
            order by month_index
            rows between unbounded preceding and current row
        ) as last_cleared

    from counted

),

stated as (

    select
        observed.segment,
        observed.month,
        observed.month_index,
        latched.month as observed_month,
        observed.observed_index,
        observed.signal,
        observed.metric,
        observed.part,
        observed.is_trigger,
        observed.is_at_least,
        latched.value,
        latched.low,
        latched.high,
        coalesce(latched.accounts, observed.accounts) as accounts,
        coalesce(latched.is_available, false) as is_available,
        case
            when latched.month is null then 'its observation window is still open'
            else latched.reason
        end as reason,
        observed.fires_at,
        observed.clears_at,
        observed.direction,
        observed.unit,
        latched.is_over,
        coalesce(latched.months_over, 0) as months_over,
        observed.signal_months,
        coalesce(latched.last_set > coalesce(latched.last_cleared, -1), false) as is_firing

    from observed

    left join latched
        on
            observed.segment = latched.segment
            and observed.metric = latched.metric
            and observed.observed_index = latched.month_index

)

select * from stated
