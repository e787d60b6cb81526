with

candidates as (

    select * from {{ ref('int_forecast_candidates') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}
    where not is_provisional

),

-- how far what was billed lay from what had been projected, in whichever direction
missed as (

    select
        *,
        origin_index + horizon_months as known_index,
        {{ forecast_miss('projected', 'realised') }} as miss

    from candidates

),

-- every month in which something could have been projected, the last closed one included
judged as (

    select
        offered.segment,
        offered.scenario_id,
        calendar_months.month_index as judged_index

    from (
        select distinct
            segment,
            scenario_id

        from candidates
    ) as offered

    inner join calendar_months
        on calendar_months.month_index >= 6

),

-- only what was known by then counts, and what is a year old for half
known as (

    select
        judged.segment,
        judged.scenario_id,
        judged.judged_index,
        missed.horizon_months,
        missed.origin_index,
        missed.model,
        missed.projected,
        missed.realised,
        missed.miss,
        {{ age_weight('judged.judged_index - missed.known_index') }} as weight

    from judged

    inner join missed
        on
            judged.segment = missed.segment
            and judged.scenario_id = missed.scenario_id
            and judged.judged_index >= missed.known_index

),

errors as (

    select
        segment,
        scenario_id,
        judged_index,
        model,
        count(*) as comparisons,
        {{ ratio(
            'sum(cast(round(cast(weight as decimal(18, 6)) * cast(miss as decimal(19, 6)), 6)'
            ~ ' as decimal(18, 6)))',
            'sum(weight)'
        ) }} as error

    from known

    group by segment, scenario_id, judged_index, model

),

-- with fewer than eight comparisons nothing is chosen by them
ranked as (

    select
        segment,
        scenario_id,
        judged_index,
        model,
        row_number() over (
            partition by segment, scenario_id, judged_index
            order by
                case when comparisons < 8 and model <> 'damped' then 1 else 0 end asc,
                error asc,
                case model
                    when 'damped' then 1 when 'pooled' then 2 when 'logistic' then 3 else 4
                end asc
        ) as model_rank

    from errors

),

chosen as (

    select
        judged.segment,
        judged.scenario_id,
        judged.judged_index,
        coalesce(ranked.model, 'damped') as model

    from judged

    left join ranked
        on
            judged.segment = ranked.segment
            and judged.scenario_id = ranked.scenario_id
            and judged.judged_index = ranked.judged_index
            and ranked.model_rank = 1

),

horizons as (

    select cast(graded.horizon_months as integer) as horizon_months
    from (values (1), (3), (6), (12)) as graded (horizon_months)

),

-- earlier months as the model chosen would have projected them, and the month judged itself, whose
-- outcome was not known: it is what the interval is held against
compared as (

    select
        chosen.segment,
        chosen.scenario_id,
        chosen.judged_index,
        missed.horizon_months,
        missed.origin_index,
        missed.projected,
        missed.realised

    from chosen

    inner join missed
        on
            chosen.segment = missed.segment
            and chosen.scenario_id = missed.scenario_id
            and chosen.model = missed.model
            and (
                chosen.judged_index >= missed.known_index
                or chosen.judged_index = missed.origin_index
            )

),

-- everybody together: each segment under the proposal, or under today's model where it has none
scenarios as (

    select distinct scenario_id from chosen

),

placed as (

    select
        scenarios.scenario_id,
        compared.segment,
        compared.judged_index,
        compared.horizon_months,
        compared.origin_index,
        compared.projected,
        compared.realised,
        rank() over (
            partition by scenarios.scenario_id, compared.segment
            order by case when compared.scenario_id = scenarios.scenario_id then 0 else 1 end
        ) as place

    from scenarios

    inner join compared
        on compared.scenario_id in (scenarios.scenario_id, 'current')

),

together as (

    select
        'all' as segment,
        scenario_id,
        judged_index,
        horizon_months,
        origin_index,
        cast(sum(projected) as decimal(18, 4)) as projected,
        cast(sum(realised) as decimal(18, 4)) as realised

    from placed

    where place = 1

    group by scenario_id, judged_index, horizon_months, origin_index

),

all_compared as (

    select * from compared

    union all

    select * from together

),

residuals as (

    select
        segment,
        scenario_id,
        judged_index,
        horizon_months,
        origin_index,
        projected,
        realised,
        judged_index = origin_index as is_open,
        {{ forecast_miss('projected', 'realised') }} as miss,
        {{ age_weight('judged_index - origin_index - horizon_months') }} as weight,
        sum(case when judged_index = origin_index then 0 else 1 end) over (
            partition by segment, scenario_id, judged_index, horizon_months
        ) as own_residuals

    from all_compared

),

wanted as (

    select
        chosen.segment,
        chosen.scenario_id,
        chosen.judged_index,
        chosen.model,
        horizons.horizon_months,
        coalesce(counted.own_residuals, 0) as own_residuals

    from (
        select * from chosen

        union all

        select distinct
            'all' as segment,
            scenario_id,
            judged_index,
            'each' as model

        from chosen
    ) as chosen

    cross join horizons

    left join
        (
            select
                segment,
                scenario_id,
                judged_index,
                horizon_months,
                max(own_residuals) as own_residuals

            from residuals

            group by segment, scenario_id, judged_index, horizon_months
        ) as counted
        on
            chosen.segment = counted.segment
            and chosen.scenario_id = counted.scenario_id
            and chosen.judged_index = counted.judged_index
            and horizons.horizon_months = counted.horizon_months

),

-- fewer than eight of its own: those of all segments
gathered as (

    select
        wanted.segment,
        wanted.scenario_id,
        wanted.judged_index,
        wanted.horizon_months,
        residuals.miss,
        residuals.weight,
        row_number() over (
            partition by
                wanted.segment, wanted.scenario_id, wanted.judged_index, wanted.horizon_months
            order by residuals.miss, residuals.weight, residuals.segment, residuals.origin_index
        ) as miss_rank

    from wanted

    inner join residuals
        on
            wanted.scenario_id = residuals.scenario_id
            and wanted.judged_index = residuals.judged_index
            and wanted.horizon_months = residuals.horizon_months
            and not residuals.is_open
            and case
                when wanted.own_residuals >= 8 then residuals.segment = wanted.segment
                else residuals.segment <> 'all'
            end

),

accumulated as (

    select
        *,
        sum(weight) over (
            partition by segment, scenario_id, judged_index, horizon_months
            order by miss_rank
            rows between unbounded preceding and current row
        ) as weight_to_here,
        sum(weight) over (
            partition by segment, scenario_id, judged_index, horizon_months
        ) as weight_of_all

    from gathered

),

-- split conformal: what is to come weighs as comparisons of its own, one for each quarter that it
-- spans, because months of a longer horizon overlap; four comparisons are the least for four fifths
quantiles as (

    select
        segment,
        scenario_id,
        judged_index,
        horizon_months,
        count(*) as residuals,
        min(
            case
                when
                    weight_to_here
                    >= least(
                        (weight_of_all + {{ coming_weight('horizon_months') }})
                        * cast(0.8 as decimal(2, 1)),
                        weight_of_all
                    )
                    then miss
            end
        ) as interval_ratio

    from accumulated

    group by segment, scenario_id, judged_index, horizon_months

    having count(*) >= 4

),

final as (

    select
        wanted.segment,
        wanted.scenario_id,
        cast(wanted.judged_index as integer) as origin_index,
        wanted.horizon_months,
        wanted.model,
        wanted.own_residuals < 8 as is_pooled,
        cast(coalesce(quantiles.residuals, wanted.own_residuals) as bigint) as residuals,
        quantiles.interval_ratio,
        residuals.projected,
        residuals.realised,
        residuals.miss <= quantiles.interval_ratio as is_inside

    from wanted

    left join quantiles
        on
            wanted.segment = quantiles.segment
            and wanted.scenario_id = quantiles.scenario_id
            and wanted.judged_index = quantiles.judged_index
            and wanted.horizon_months = quantiles.horizon_months

    left join residuals
        on
            wanted.segment = residuals.segment
            and wanted.scenario_id = residuals.scenario_id
            and wanted.judged_index = residuals.judged_index
            and wanted.horizon_months = residuals.horizon_months
            and residuals.is_open

)

select * from final
