with

states as (

    select * from {{ ref('int_signal_states') }}

),

known as (

    select
        *,
        case when is_available then value end as known_value

    from states

),

moved as (

    select
        *,
        -- a month that shows the one before it has not moved yet
        case
            when observed_month = month
                then
                    abs(
                        known_value
                        - lag(known_value) over (
                            partition by segment, metric
                            order by month_index
                        )
                    )
        end as monthly_move

    from known

),

-- how much the figure usually moves in a month: one that hardly moves is far from any line
paced as (

    select
        *,
        sum(monthly_move) over twelve_months as move_sum,
        count(monthly_move) over twelve_months as move_count

    from moved

    window twelve_months as (
        partition by segment, metric
        order by month_index
        rows between 11 preceding and current row
    )

),

-- what fires has to get beyond clears_at to stop
lined as (

    select
        *,
        case when is_firing then coalesce(clears_at, fires_at) else fires_at end as next_line,
        case
            when move_count >= 3
                then {{ ratio('move_sum', 'cast(move_count as decimal(18, 0))') }}
        end as usual_move

    from paced

),

measured as (

    select
        *,
        cast(next_line - known_value as decimal(18, 6)) as gap,
        is_over and not is_firing as is_waiting

    from lined

),

final as (

    select
        segment,
        month,
        signal,
        metric,
        cast(part as integer) as part,
        is_trigger,
        case when is_available then observed_month end as observed_month,
        cast(known_value as decimal(18, 6)) as value,
        cast(case when is_available then low end as decimal(18, 6)) as low,
        cast(case when is_available then high end as decimal(18, 6)) as high,
        unit,
        cast(fires_at as decimal(18, 6)) as threshold,
        cast(clears_at as decimal(18, 6)) as clears_at,
        direction,
        case when is_available then is_over end as is_over,
        cast(coalesce(months_over, 0) as integer) as months_over,
        is_firing,
        is_available,
        case when not is_available then reason end as reason,
        cast(accounts as bigint) as accounts,
        case when is_available then cast(next_line as decimal(18, 6)) end as next_line,
        gap,
        usual_move,
        case
            when is_waiting then cast(0 as decimal(18, 6))
            when usual_move > 0 then {{ ratio('abs(gap)', 'usual_move') }}
        end as moves_away

    from measured

)

select * from final
