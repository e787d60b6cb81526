with

states as (

    select * from {{ ref('int_signal_states') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- the part that is shown is the one that says most: firing, over, available, then as listed
ranked as (

    select
        states.*,
        row_number() over (
            partition by states.segment, states.month, states.signal
            order by
                case when states.is_firing then 0 else 1 end,
                case when states.is_over then 0 else 1 end,
                case when states.is_available then 0 else 1 end,
                states.part
        ) as preference,
        max(case when states.is_firing then 1 else 0 end) over by_signal as any_firing,
        max(case when states.is_over then 1 else 0 end) over by_signal as any_over,
        max(case when states.is_available then 1 else 0 end) over by_signal as any_available

    from states

    window by_signal as (partition by states.segment, states.month, states.signal)

),

shown as (

    select * from ranked

    where preference = 1

),

-- months in a row that the signal fired, whichever of its parts did
counted as (

    select
        shown.*,
        shown.observed_index - coalesce(
            max(case when shown.any_firing = 0 then shown.observed_index end) over (
                partition by shown.segment, shown.signal
                order by shown.month_index
                rows between unbounded preceding and current row
            ),
            min(shown.observed_index) over (partition by shown.segment, shown.signal) - 1
        ) as months_firing

    from shown

),

named as (

    select
        *,
        case
            when any_available = 0 then 'not_available'
            when any_firing = 1 then 'on'
            else 'off'
        end as state

    from counted

),

compared as (

    select
        *,
        lag(state) over (partition by segment, signal order by month_index) as state_before

    from named

),

-- the first month of the run of months in one state
dated as (

    select
        *,
        max(case when state_before = state then null else month end) over (
            partition by segment, signal
            order by month_index
            rows between unbounded preceding and current row
        ) as state_since

    from compared

),

worded as (

    select
        dated.*,
        {{ metric_phrase(
            'dated.metric',
            metric_text('dated.value', 'dated.unit', 'dated.metric'),
            'settings.value_meter'
        ) }}
        || case
            when dated.observed_month < dated.month
                then
                    ' in ' || {{ month_text('dated.observed_month') }}
                    || ' (later months can still change)'
            else ''
        end as phrase,
        {{ metric_text('dated.fires_at', 'dated.unit', 'dated.metric') }}
            as threshold_text,
        {{ metric_text('dated.clears_at', 'dated.unit', 'dated.metric') }}
            as clears_text

    from dated

    cross join settings

),

said as (

    select
        *,
        case
            when any_available = 0 then 'not available: ' || reason
            when any_firing = 1
                then
                    phrase || '; fires for ' || cast(months_firing as varchar)
                    || case when months_firing = 1 then ' month' else ' months' end
                    || ' (at ' || threshold_text || ', off '
                    || case when direction = 'above' then 'below ' else 'above ' end
                    || clears_text || ')'
            when any_over = 1
                then
                    phrase || '; over ' || threshold_text || ' for '
                    || cast(months_over as varchar)
                    || case when months_over = 1 then ' month' else ' months' end
                    || ', fires after ' || cast(signal_months as varchar)
            else phrase || '; does not fire (at ' || threshold_text || ')'
        end as words

    from worded

),

final as (

    select
        segment,
        month,
        signal,
        metric,
        case when any_available = 1 then observed_month end as observed_month,
        cast(case when any_available = 1 then value end as decimal(18, 6)) as value,
        cast(fires_at as decimal(18, 6)) as threshold,
        cast(clears_at as decimal(18, 6)) as clears_at,
        direction,
        unit,
        case when any_available = 1 then any_over = 1 end as is_over,
        any_firing = 1 as is_firing,
        cast(case when any_firing = 1 then months_firing else 0 end as integer)
            as months_firing,
        state,
        state_since,
        any_available = 1 as is_available,
        case when any_available = 0 then reason end as reason,
        cast(accounts as bigint) as accounts,
        cast(case when any_available = 1 then low end as decimal(18, 6)) as low,
        cast(case when any_available = 1 then high end as decimal(18, 6)) as high,
        upper(substr(words, 1, 1)) || substr(words, 2) || '.' as sentence

    from said

)

select * from final
