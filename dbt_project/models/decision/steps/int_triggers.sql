with

signals as (

    select * from {{ ref('fct_signals') }}

),

-- an unavailable signal is neither true nor false
valued as (

    select
        segment,
        month,
        signal,
        case when is_available then is_firing end as fires,
        sentence,
        reason

    from signals

),

-- bool_or of one row: true, false or null as that signal is
side_by_side as (

    select
        segment,
        month,
        bool_or(case when signal = 'automation_rising' then fires end) as automation_rising,
        bool_or(case when signal = 'seat_growth_weak' then fires end) as seat_growth_weak,
        bool_or(case when signal = 'seats_idle' then fires end) as seats_idle,
        bool_or(case when signal = 'expansion_weak' then fires end) as expansion_weak,
        max(case when signal = 'automation_rising' then reason end) as automation_reason,
        max(case when signal = 'seat_growth_weak' then reason end) as growth_reason,
        max(case when signal = 'seats_idle' then reason end) as idle_reason,
        max(case when signal = 'expansion_weak' then reason end) as expansion_reason

    from valued

    group by segment, month

),

decided as (

    select
        *,
        automation_rising and (seat_growth_weak or seats_idle) and expansion_weak as is_trigger

    from side_by_side

),

-- in an undecided trigger no needed signal is false, so each missing one could still decide it,
-- except a seat signal that the other one already stands in for
final as (

    select
        segment,
        month,
        automation_rising,
        seat_growth_weak,
        seats_idle,
        expansion_weak,
        is_trigger,
        case
            when is_trigger is not null then 0
            else
                case when automation_rising is null then 1 else 0 end
                + case when expansion_weak is null then 1 else 0 end
                + case when (seat_growth_weak or seats_idle) is null then 1 else 0 end
        end as undecided_count,
        case
            when is_trigger is not null then null
            when automation_rising is null then 'automation_rising'
            when expansion_weak is null then 'expansion_weak'
            when seats_idle is null and not coalesce(seat_growth_weak, false) then 'seats_idle'
            else 'seat_growth_weak'
        end as undecided_signal,
        case
            when is_trigger is not null then null
            when automation_rising is null then automation_reason
            when expansion_weak is null then expansion_reason
            when seats_idle is null and not coalesce(seat_growth_weak, false) then idle_reason
            else growth_reason
        end as undecided_reason

    from decided

)

select * from final
