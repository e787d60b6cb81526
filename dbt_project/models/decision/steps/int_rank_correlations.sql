with

account_months as (

    select * from {{ ref('int_account_months') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

-- an account that pays for seats and does no work is the case in point, so its work is 0
paired as (

    select
        segments.segment,
        account_months.account_id,
        account_months.month,
        account_months.billable_seats as seats,
        coalesce(account_months.work, 0) as work

    from account_months

    inner join segments
        on segments.segment in ('all', account_months.segment)

    where account_months.billable_seats > 0

),

-- twice the mean rank of equals, so that ranks stay whole numbers
ranked as (

    select
        segment,
        month,
        work,
        cast(
            2 * rank() over (partition by segment, month order by seats)
            + count(*) over (partition by segment, month, seats) - 1 as {{ whole_number_type() }}
        ) as seats_rank,
        cast(
            2 * rank() over (partition by segment, month order by work)
            + count(*) over (partition by segment, month, work) - 1 as {{ whole_number_type() }}
        ) as work_rank

    from paired

),

correlated as (

    select
        segment,
        month,
        count(*) as accounts,
        -- without any work the exports are silent, and silence correlates with nothing
        case
            when sum(work) > 0
                then {{ rank_correlation(
                    'count(*)', 'sum(seats_rank)', 'sum(work_rank)',
                    'sum(seats_rank * seats_rank)', 'sum(work_rank * work_rank)',
                    'sum(seats_rank * work_rank)'
                ) }}
        end as correlation

    from ranked

    group by segment, month

),

dense as (

    select
        segments.segment,
        calendar_months.month,
        calendar_months.month_index,
        coalesce(correlated.accounts, 0) as accounts,
        correlated.correlation

    from segments

    cross join calendar_months

    left join correlated
        on segments.segment = correlated.segment and calendar_months.month = correlated.month

),

stepped as (

    select
        *,
        case
            when
                correlation < lag(correlation) over (partition by segment order by month_index)
                then 0
            else 1
        end as is_not_falling

    from dense

),

-- months since it last did not fall
counted as (

    select
        segment,
        month,
        accounts,
        correlation,
        case
            when correlation is not null
                then
                    month_index
                    - max(case when is_not_falling = 1 then month_index end) over (
                        partition by segment
                        order by month_index
                        rows between unbounded preceding and current row
                    )
        end as falling_months

    from stepped

)

select * from counted
