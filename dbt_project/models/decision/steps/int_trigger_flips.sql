with

states as (

    select * from {{ ref('int_signal_states') }}

),

-- the two seat signals stand in for each other, the other two are needed by themselves
needed as (

    select
        *,
        case when signal in ('seat_growth_weak', 'seats_idle') then 'seats' else signal end
            as condition

    from states

    where is_trigger

),

known as (

    select
        segment,
        month,
        condition,
        signal,
        max(case when is_available then 1 else 0 end) as is_known

    from needed

    group by segment, month, condition, signal

),

conditions as (

    select
        segment,
        month,
        condition,
        min(is_known) as all_known,
        max(is_known) as any_known

    from known

    group by segment, month, condition

),

-- a condition of which nothing is known leaves the trigger undecided, whatever else fires; so does
-- the loss of one seat signal while the other is not known
undecided as (

    select
        segment,
        month,
        min(any_known) = 0 as is_gain_undecided,
        min(case when condition = 'seats' then all_known else 1 end) = 0 as is_seat_unknown

    from conditions

    group by segment, month

),

parts as (

    select
        *,
        case
            when clears_at <> fires_at then abs(clears_at - fires_at)
            when fires_at <> 0 then abs(fires_at)
            else 1
        end as band,
        {{ metric_label('metric') }} as label,
        {{ metric_text('value', 'unit', 'metric') }} as value_text,
        {{ metric_text('fires_at', 'unit', 'metric') }} as fires_text,
        {{ metric_text('clears_at', 'unit', 'metric') }} as clears_text

    from needed

    where is_available

),

-- distance in widths of the metric's own hysteresis band, so that unlike metrics compare
measured as (

    select
        segment,
        month,
        condition,
        signal,
        metric,
        part,
        is_firing,
        {{ ratio('abs(value - clears_at)', 'band') }} as distance_to_clear,
        case when is_over then 0 else {{ ratio('abs(value - fires_at)', 'band') }} end
            as distance_to_fire,
        label
        || case when direction = 'above' then ' falls below ' else ' rises above ' end
        || clears_text || ' (now ' || value_text || ')' as clear_text,
        label
        || case
            when is_over and direction = 'above' then ' stays over '
            when is_over then ' stays under '
            when direction = 'above' and is_at_least then ' reaches '
            when direction = 'above' then ' exceeds '
            when is_at_least then ' falls to '
            else ' falls below '
        end
        || fires_text
        || case
            when is_over and signal_months - months_over = 1 then ' another month'
            when is_over then ' ' || cast(signal_months - months_over as varchar) || ' months more'
            else ''
        end
        || ' (now ' || value_text || ')' as fire_text

    from parts

),

-- a condition is lost when all of its firing parts are
lost as (

    select
        segment,
        month,
        condition,
        max(distance_to_clear) as distance,
        {{ ordered_text('clear_text', 'signal, part', "' and '") }} as words

    from measured

    where is_firing

    group by segment, month, condition

),

lost_ranked as (

    select
        *,
        row_number() over (partition by segment, month order by distance, condition) as place

    from lost

),

-- a condition is gained by the nearest of its parts, where none fires yet
idle as (

    select
        *,
        max(case when is_firing then 1 else 0 end) over (partition by segment, month, condition)
            as any_firing,
        row_number() over (
            partition by segment, month, condition
            order by distance_to_fire, signal, part
        ) as place

    from measured

),

gained as (

    select
        segment,
        month,
        {{ ordered_text('fire_text', 'condition', "' and '") }} as words

    from idle

    where any_firing = 0 and place = 1

    group by segment, month

),

keys as (

    select distinct
        segment,
        month
    from states

),

final as (

    select
        keys.segment,
        keys.month,
        lost_ranked.words as loss_words,
        gained.words as gain_words,
        coalesce(lost_ranked.condition = 'seats' and undecided.is_seat_unknown, false)
            as is_loss_undecided,
        coalesce(undecided.is_gain_undecided, false) as is_gain_undecided

    from keys

    left join undecided
        on keys.segment = undecided.segment and keys.month = undecided.month

    left join lost_ranked
        on
            keys.segment = lost_ranked.segment
            and keys.month = lost_ranked.month
            and lost_ranked.place = 1

    left join gained
        on keys.segment = gained.segment and keys.month = gained.month

)

select * from final
