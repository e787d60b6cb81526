with

flips as (

    select * from {{ ref('int_scenario_flips') }}

),

scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

-- proposals that stand while churn stays low enough, else those that only churn holds back
deciding as (

    select
        *,
        max(case when keeps_every_window then 1 else 0 end) over (partition by segment, month) = 1
            as any_keeps

    from scenarios

    where is_deciding and is_counted

),

-- the churn of a band is the same assumption under every proposal
contenders as (

    select
        deciding.segment,
        deciding.month,
        deciding.any_keeps,
        flips.increase_over,
        flips.next_increase_over,
        flips.assumed_churn,
        flips.deciding_churn as critical_churn

    from deciding

    inner join flips
        on
            deciding.segment = flips.segment
            and deciding.month = flips.month
            and deciding.scenario_id = flips.scenario_id
            and deciding.window = flips.window_name

    where
        deciding.keeps_every_window
        or (not deciding.any_keeps and deciding.broken_in_windows = 'churn')

),

-- the verdict falls when the last proposal does, and rises with the first
combined as (

    select
        segment,
        month,
        any_keeps,
        increase_over,
        max(next_increase_over) as next_increase_over,
        max(assumed_churn) as assumed_churn,
        case
            when any_keeps and count(critical_churn) < count(*) then null
            else max(critical_churn)
        end as critical_churn

    from contenders

    group by segment, month, any_keeps, increase_over

),

-- a share cannot leave 0 to 100 %
possible as (

    select
        *,
        {{ ratio('abs(critical_churn - assumed_churn)', 'assumed_churn') }} as distance

    from combined

    where critical_churn between 0 and 1 and assumed_churn > 0

),

ranked as (

    select
        *,
        row_number() over (partition by segment, month order by distance, increase_over) as place

    from possible

),

final as (

    select
        segment,
        month,
        assumed_churn,
        critical_churn,
        distance,
        'churn among accounts '
        || case
            when next_increase_over is null
                then 'above ' || {{ percent_text('increase_over', 0, signed=true) }}
            else
                'from ' || {{ percent_text('increase_over', 0, signed=true) }} || ' to '
                || {{ percent_text('next_increase_over', 0, signed=true) }}
        end as words

    from ranked

    where place = 1

)

select * from final
