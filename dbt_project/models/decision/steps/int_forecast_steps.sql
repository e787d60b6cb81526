with

usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

segments as (

    select * from {{ ref('int_segments') }}
    where not is_all

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}
    where not is_provisional

),

last_closed as (

    select max(month_index) as month_index from calendar_months

),

counted as (

    select numbers.n from ({{ numbers_below(25) }}) as numbers

),

-- how much of the work of the segment automation did, each month
shares as (

    select
        usage_monthly.segment,
        calendar_months.month_index,
        {{ ratio(
            "sum(case when usage_monthly.actor_type = 'automation' then usage_monthly.quantity else 0 end)",
            'sum(usage_monthly.quantity)'
        ) }} as automation_share

    from usage_monthly

    cross join settings

    inner join calendar_months
        on usage_monthly.month = calendar_months.month

    where
        usage_monthly.meter = settings.value_meter
        and usage_monthly.actor_type in ('human', 'automation')

    group by usage_monthly.segment, calendar_months.month_index

),

-- projections are graded from the seventh month on, and made from the last one however early it is
origins as (

    select
        segments.segment,
        calendar_months.month_index as origin_index

    from segments

    cross join calendar_months

    cross join last_closed

    where
        calendar_months.month_index >= 6
        or calendar_months.month_index = last_closed.month_index

),

-- the last twelve months of each origin, at least six of them, between nothing and everything
seen as (

    select
        origins.segment,
        origins.origin_index,
        shares.month_index - origins.origin_index as place,
        least(
            greatest(shares.automation_share, cast(0.005 as decimal(18, 6))),
            cast(0.995 as decimal(18, 6))
        ) as automation_share

    from origins

    inner join shares
        on
            origins.segment = shares.segment
            and shares.month_index between origins.origin_index - 11 and origins.origin_index

),

-- where adoption may end: the ceiling that fits best is taken
ceilings as (

    select cast(offered.ceiling as decimal(18, 6)) as ceiling
    from (values (0.2), (0.4), (0.6), (0.8), (1)) as offered (ceiling)

),

reachable as (

    select
        seen.segment,
        seen.origin_index,
        ceilings.ceiling

    from seen

    cross join ceilings

    group by seen.segment, seen.origin_index, ceilings.ceiling

    having
        count(*) >= 6
        and max(seen.automation_share) < ceilings.ceiling

),

-- on this scale a logistic curve is a straight line; sums of decimals have one result
logits as (

    select
        seen.segment,
        seen.origin_index,
        reachable.ceiling,
        seen.place,
        seen.automation_share,
        cast(
            round(
                ln(
                    cast(seen.automation_share as double)
                    / cast(reachable.ceiling - seen.automation_share as double)
                ),
                9
            ) as decimal(18, 9)
        ) as logit

    from seen

    inner join reachable
        on
            seen.segment = reachable.segment
            and seen.origin_index = reachable.origin_index

),

sums as (

    select
        segment,
        origin_index,
        ceiling,
        count(*) as n,
        sum(place) as x,
        sum(place * place) as xx,
        sum(logit) as y,
        sum(place * logit) as xy

    from logits

    group by segment, origin_index, ceiling

),

fitted as (

    select
        segment,
        origin_index,
        ceiling,
        cast(n * xy - x * y as double) / cast(n * xx - x * x as double) as slope,
        cast(xx * y - x * xy as double) / cast(n * xx - x * x as double) as height

    from sums

    where n * xx - x * x > 0

),

missed as (

    select
        logits.segment,
        logits.origin_index,
        logits.ceiling,
        sum(
            cast(
                round(
                    power(
                        cast(logits.automation_share as double)
                        - {{ logistic(
                            'logits.ceiling', 'fitted.height', 'fitted.slope', 'logits.place'
                        ) }},
                        2
                    ),
                    12
                ) as decimal(18, 12)
            )
        ) as squares

    from logits

    inner join fitted
        on
            logits.segment = fitted.segment
            and logits.origin_index = fitted.origin_index
            and logits.ceiling = fitted.ceiling

    group by logits.segment, logits.origin_index, logits.ceiling

),

ranked as (

    select
        fitted.*,
        row_number() over (
            partition by fitted.segment, fitted.origin_index
            order by missed.squares asc, fitted.ceiling asc
        ) as fit_rank

    from fitted

    inner join missed
        on
            fitted.segment = missed.segment
            and fitted.origin_index = missed.origin_index
            and fitted.ceiling = missed.ceiling

),

curves as (

    select
        segment,
        origin_index,
        ceiling,
        slope,
        height,
        {{ three_months_of('ceiling', 'height', 'slope', [0, -1, -2]) }} as recent_share,
        {{ three_months_of('ceiling', 'height', 'slope', [-3, -4, -5]) }} as earlier_share

    from ranked

    where fit_rank = 1

),

-- a share that hardly rises shows no curve
rising as (

    select * from curves

    where recent_share - earlier_share >= cast(0.01 as decimal(18, 6))

),

ahead as (

    select
        origins.segment,
        origins.origin_index,
        counted.n as month_ahead,
        {{ ratio('48 * (1 + counted.n) - counted.n * (counted.n + 1)', '48') }} as damped_steps,
        {{ ratio(
            '3 * ('
            ~ rounded_share(
                logistic('rising.ceiling', 'rising.height', 'rising.slope', 'counted.n')
            )
            ~ ' - rising.recent_share)',
            'rising.recent_share - rising.earlier_share'
        ) }} as logistic_steps

    from origins

    cross join counted

    left join rising
        on
            origins.segment = rising.segment
            and origins.origin_index = rising.origin_index

),

limited as (

    select
        segment,
        cast(origin_index as integer) as origin_index,
        cast(month_ahead as integer) as month_ahead,
        damped_steps,
        case
            when logistic_steps is null then damped_steps
            else
                least(
                    greatest(logistic_steps, cast(0 as decimal(18, 6))),
                    cast(12.5 as decimal(18, 6))
                )
        end as logistic_steps,
        logistic_steps is not null as has_curve

    from ahead

),

-- summed over the months ahead, the first one on
final as (

    select
        segment,
        origin_index,
        month_ahead,
        damped_steps,
        logistic_steps,
        has_curve,
        cast(
            sum(case when month_ahead > 0 then damped_steps else 0 end) over months_to_date
            as decimal(18, 6)
        ) as damped_steps_to_date,
        cast(
            sum(case when month_ahead > 0 then logistic_steps else 0 end) over months_to_date
            as decimal(18, 6)
        ) as logistic_steps_to_date

    from limited

    window
        months_to_date as (
            partition by segment, origin_index
            order by month_ahead
            rows between unbounded preceding and current row
        )

)

select * from final
