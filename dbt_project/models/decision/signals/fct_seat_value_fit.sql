{% set window_lengths = [6, 12] %}

with

account_months as (

    select * from {{ ref('int_account_months') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

-- months of an account in which seats and work are both known
watched as (

    select
        account_id,
        segment,
        month,
        month_index,
        billable_seats as seats,
        coalesce(work, 0) as work,
        coalesce(known_work, 0) as known_work,
        coalesce(automation_work, 0) as automation_work

    from account_months

    where billable_seats > 0 and is_complete

),

-- the later half of a window beside its earlier half: no month is left out, and none counts twice
halves as (

    {% for length in window_lengths %}

    {# each window is written out: DuckDB takes a name of a window once per union #}
    {% set frame = 'partition by account_id order by month_index range between ' %}
    {% set start = (length - 1) ~ ' preceding' %}
    {% set earlier = frame ~ start ~ ' and ' ~ (length // 2) ~ ' preceding' %}
    {% set later = frame ~ (length // 2 - 1) ~ ' preceding and current row' %}

    select
        account_id,
        segment,
        month,
        {{ length }} as window_months,
        count(*) over ({{ frame }}{{ start }} and current row) as months,
        sum(seats) over ({{ earlier }}) as earlier_seats,
        sum(seats) over ({{ later }}) as later_seats,
        sum(work) over ({{ earlier }}) as earlier_work,
        sum(work) over ({{ later }}) as later_work,
        sum(known_work) over ({{ later }}) as known_work,
        sum(automation_work) over ({{ later }}) as automation_work

    from watched

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

-- changes against the mean of both halves: the same size up and down, and defined from nothing
changed as (

    select
        *,
        {{ ratio('later_seats - earlier_seats', 'later_seats + earlier_seats') }} as seats_change,
        {{ ratio('later_work - earlier_work', 'later_work + earlier_work') }} as work_change

    from halves

    where months = window_months

),

explained as (

    select
        *,
        {{ ratio('seats_change', 'work_change') }} as explained

    from changed

),

summed as (

    select
        segments.segment,
        explained.month,
        explained.window_months,
        count(*) as watched_accounts,
        count(explained.explained) as accounts,
        cast({{ value_at_rank('explained.explained', '0.5') }} as decimal(18, 6))
            as explained_median,
        cast({{ value_at_rank('explained.explained', '0.25') }} as decimal(18, 6))
            as explained_low,
        cast({{ value_at_rank('explained.explained', '0.75') }} as decimal(18, 6))
            as explained_high,
        sum(explained.earlier_seats) as earlier_seats,
        sum(explained.later_seats) as later_seats,
        sum(explained.earlier_work) as earlier_work,
        sum(explained.later_work) as later_work,
        sum(explained.known_work) as known_work,
        sum(explained.automation_work) as automation_work

    from explained

    inner join segments
        on segments.segment in ('all', explained.segment)

    group by segments.segment, explained.month, explained.window_months

),

lengths as (

    {% for length in window_lengths %}

    select cast({{ length }} as integer) as window_months

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

final as (

    select
        segments.segment,
        calendar_months.month,
        lengths.window_months,
        cast(coalesce(summed.accounts, 0) as bigint) as accounts,
        summed.explained_median,
        summed.explained_low,
        summed.explained_high,
        case
            when summed.accounts > 0
                then
                    {{ ratio('summed.later_seats - summed.earlier_seats', 'summed.earlier_seats') }}
        end as seats_change,
        case
            when summed.accounts > 0 and summed.earlier_work > 0
                then {{ ratio('summed.later_work - summed.earlier_work', 'summed.earlier_work') }}
        end as work_change,
        case
            when summed.accounts > 0 and summed.known_work > 0
                then {{ ratio('summed.automation_work', 'summed.known_work') }}
        end as unseated_work_share,
        coalesce(summed.accounts, 0) < limits.small_cell_accounts as is_small,
        calendar_months.is_provisional,
        case
            when summed.watched_accounts is null
                then
                    'no account has seats and usage in '
                    || cast(lengths.window_months as varchar) || ' months in a row'
            when summed.accounts = 0 then 'the work of no account has changed'
        end as reason

    from segments

    cross join calendar_months

    cross join lengths

    inner join limits
        on segments.segment = limits.segment

    left join summed
        on
            segments.segment = summed.segment
            and calendar_months.month = summed.month
            and lengths.window_months = summed.window_months

)

select * from final
