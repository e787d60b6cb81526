{% set sensitivities = [20, 30, 50] %}

with

bills as (

    select * from {{ ref('fct_bill_shock') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

-- a bill without a baseline (is_shock is null) is counted apart, never as no shock
tallied as (

    {% for slice, value in [
        ('all', "'all'"),
        ('segment', 'segment'),
        ('region', "coalesce(region, 'unknown')"),
        ('plan', "coalesce(plan_id, 'unknown')"),
        ('currency', 'currency'),
        ('segment_currency', "concat(segment, ' ', currency)"),
    ] %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        month,
        scenario_id,
        count(*) as bills,
        count(is_shock) as baseline_bills,
        count(*) filter (where is_jump) as jumps,
        count(*) filter (where is_shock) as shocks,
        {% for share in sensitivities %}
        count(*) filter (where is_jump_{{ share }}) as jumps_{{ share }},
        count(*) filter (where is_shock_{{ share }}) as shocks_{{ share }},
        {% endfor %}
        cast(max(cast(is_provisional as integer)) as boolean) as is_provisional

    from bills

    group by {{ value ~ ', ' if slice != 'all' }}month, scenario_id

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

rated as (

    select
        slice,
        slice_value,
        month,
        scenario_id,
        bills,
        baseline_bills,
        jumps,
        shocks,
        {{ ratio('jumps', 'baseline_bills') }} as jump_rate,
        {{ ratio('shocks', 'baseline_bills') }} as shock_rate,
        {% for share in sensitivities %}
        {{ ratio('jumps_' ~ share, 'baseline_bills') }} as jump_rate_{{ share }},
        {{ ratio('shocks_' ~ share, 'baseline_bills') }} as shock_rate_{{ share }},
        {% endfor %}
        coalesce(baseline_bills < least_accounts, false) as is_small,
        case when baseline_bills = 0 then 'no bill with a baseline' end as reason,
        is_provisional

    from tallied

    cross join limits

)

select * from rated
