-- a row is a figure whose 80 % interval ends before it starts, or has only one end
with

metrics as (

    select * from {{ ref('fct_segment_metrics') }}

),

scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

intervals as (

    select
        segment,
        month,
        metric as name,
        low,
        high

    from metrics

    union all

    {% for measure in [
        'revenue_change', 'shock_share', 'extra_churn', 'margin_change', 'winner_share',
        'loser_share', 'expected_gain'
    ] %}
    select
        segment,
        month,
        scenario_id as name,
        {{ measure }}_low as low,
        {{ measure }}_high as high

    from scenarios

    {{ 'union all' if not loop.last }}
    {% endfor %}

),

off as (

    select * from intervals

    where low > high or (low is null) <> (high is null)

)

select * from off
