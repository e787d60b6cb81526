with

ranking as (

    select * from {{ ref('fct_segment_ranking') }}
    where segment_rank is not null and keeps_limits

),

proposal_moves as (

    select * from {{ ref('fct_proposal_moves') }}

),

scenario_draws as (

    select * from {{ ref('int_scenario_draws') }}
    where window_name = 'next_12'

),

segments as (

    select * from {{ ref('int_segments') }}

),

-- a segment moves to the proposal that its verdict would name if that keeps every limit and
-- brings more than staying
moving as (

    select
        proposal_moves.segment,
        proposal_moves.scenario_id,
        proposal_moves.scenario_name,
        proposal_moves.month,
        proposal_moves.movers,
        proposal_moves.yearly_gain,
        proposal_moves.yearly_gain_low,
        proposal_moves.yearly_gain_high

    from ranking

    inner join proposal_moves
        on
            ranking.segment = proposal_moves.segment
            and ranking.scenario_id = proposal_moves.scenario_id

    where proposal_moves.yearly_gain > 0

),

-- the same draws of accounts for all of them: the interval of the sum is that of its own draws
drawn as (

    select
        scenario_draws.draw,
        sum(scenario_draws.expected_gain) as expected_gain

    from scenario_draws

    inner join moving
        on
            scenario_draws.segment = moving.segment
            and scenario_draws.scenario_id = moving.scenario_id
            and scenario_draws.month = moving.month

    group by scenario_draws.draw

),

ordered as (

    select
        expected_gain,
        row_number() over (order by expected_gain) as place,
        count(*) over () as draws

    from drawn

    where expected_gain is not null

),

ends as (

    select
        max(case when place = {{ low_place('draws') }} then expected_gain end) as gain_low,
        max(case when place = draws + 1 - {{ low_place('draws') }} then expected_gain end)
            as gain_high

    from ordered

),

totalled as (

    select
        count(*) as moving_segments,
        coalesce(sum(movers), 0) as movers,
        coalesce(sum(yearly_gain), 0) as yearly_gain

    from moving

),

final as (

    select
        segments.segment,
        moving.scenario_id,
        moving.scenario_name,
        cast(case when moving.segment is null then 0 else 1 end as integer) as moving_segments,
        cast(coalesce(moving.movers, 0) as bigint) as movers,
        cast(coalesce(moving.yearly_gain, 0) as decimal(38, 4)) as yearly_gain,
        cast(
            case when moving.segment is null then 0 else moving.yearly_gain_low end
            as decimal(38, 4)
        ) as yearly_gain_low,
        cast(
            case when moving.segment is null then 0 else moving.yearly_gain_high end
            as decimal(38, 4)
        ) as yearly_gain_high

    from segments

    left join moving
        on segments.segment = moving.segment

    where segments.segment <> 'all'

    union all

    select
        'all' as segment,
        cast(null as varchar) as scenario_id,
        cast(null as varchar) as scenario_name,
        cast(totalled.moving_segments as integer) as moving_segments,
        cast(totalled.movers as bigint) as movers,
        cast(totalled.yearly_gain as decimal(38, 4)) as yearly_gain,
        cast(
            case
                when totalled.moving_segments = 0 then 0
                else round(ends.gain_low * 12, 4)
            end as decimal(38, 4)
        ) as yearly_gain_low,
        cast(
            case
                when totalled.moving_segments = 0 then 0
                else round(ends.gain_high * 12, 4)
            end as decimal(38, 4)
        ) as yearly_gain_high

    from totalled

    cross join ends

)

select * from final
