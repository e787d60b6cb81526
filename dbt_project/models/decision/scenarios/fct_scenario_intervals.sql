{# each is null in a draw in which it is not available; its place is then behind all others #}
{% set measures = [
    ('revenue_change', 'decimal(18, 6)'),
    ('shock_share', 'decimal(18, 6)'),
    ('extra_churn', 'decimal(18, 6)'),
    ('margin_change', 'decimal(18, 6)'),
    ('winner_share', 'decimal(18, 6)'),
    ('loser_share', 'decimal(18, 6)'),
    ('expected_gain', 'decimal(38, 4)'),
] %}

with

scenario_draws as (

    select * from {{ ref('int_scenario_draws') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

levels as (

    select
        cast(offered.confidence_level as integer) as confidence_level,
        cast(offered.tail as decimal(4, 3)) as tail
    from (values (80, 0.1), (90, 0.05), (95, 0.025)) as offered (confidence_level, tail)

),

-- the same draws for every level: a wider interval leaves out fewer of them
ordered as (

    select
        scenario_draws.segment,
        scenario_draws.month,
        scenario_draws.scenario_id,
        {% for measure, _ in measures %}
        scenario_draws.{{ measure }},
        row_number() over (
            partition by
                scenario_draws.segment,
                scenario_draws.month,
                scenario_draws.scenario_id,
                scenario_draws.window_name
            order by
                case when scenario_draws.{{ measure }} is null then 1 else 0 end,
                scenario_draws.{{ measure }}
        ) as {{ measure }}_place,
        count(scenario_draws.{{ measure }}) over (
            partition by
                scenario_draws.segment,
                scenario_draws.month,
                scenario_draws.scenario_id,
                scenario_draws.window_name
        ) as {{ measure }}_draws,
        {% endfor %}
        scenario_draws.window_name

    from scenario_draws

    inner join calendar_months
        on scenario_draws.month = calendar_months.month and not calendar_months.is_provisional

),

placed as (

    select
        ordered.*,
        {% for measure, _ in measures %}
        {{ low_place('ordered.' ~ measure ~ '_draws', 'levels.tail') }} as {{ measure }}_low_place,
        {% endfor %}
        levels.confidence_level

    from ordered

    cross join levels

),

final as (

    select
        segment,
        month,
        scenario_id,
        {% for measure, type in measures %}
        cast(
            max(case when {{ measure }}_place = {{ measure }}_low_place then {{ measure }} end)
            as {{ type }}
        ) as {{ measure }}_low,
        cast(
            max(
                case
                    when {{ measure }}_place = {{ measure }}_draws + 1 - {{ measure }}_low_place
                        then {{ measure }}
                end
            ) as {{ type }}
        ) as {{ measure }}_high,
        {% endfor %}
        window_name as {{ adapter.quote('window') }},
        confidence_level

    from placed

    group by segment, month, scenario_id, window_name, confidence_level

)

select * from final
