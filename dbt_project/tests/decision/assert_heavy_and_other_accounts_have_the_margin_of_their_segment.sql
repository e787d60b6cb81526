-- a returned row is a proposal whose heavy and other accounts together have a margin other than
-- that of all
with

together as (

    select
        segment,
        scenario_id,
        month,
        sum(accounts) as accounts,
        max(accounts_left_out) as accounts_left_out,
        sum(current_revenue) as current_revenue,
        sum(proposed_revenue) as proposed_revenue,
        sum(cost) as cost

    from {{ ref('fct_heavy_user_margins') }}

    group by segment, scenario_id, month

)

select
    together.segment,
    together.scenario_id,
    scenarios.margin_change,
    together.cost

from together

inner join {{ ref('fct_segment_scenarios') }} as scenarios
    on
        together.segment = scenarios.segment
        and together.scenario_id = scenarios.scenario_id
        and together.month = scenarios.month
        and scenarios.window = 'trailing_12'

where
    together.accounts + together.accounts_left_out <> scenarios.accounts
    or scenarios.margin_change
    <> {{ ratio('together.cost', 'together.current_revenue') }}
    - {{ ratio('together.cost', 'together.proposed_revenue') }}
