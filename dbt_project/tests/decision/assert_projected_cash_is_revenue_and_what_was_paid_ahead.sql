-- a returned row's cash is not its revenue, what was paid ahead and what is still to be invoiced
with

months as (

    select
        *,
        lag(deferred_revenue) over (
            partition by segment, scenario_id, assumption_case order by month_ahead
        ) as deferred_before,
        lag(unbilled_revenue) over (
            partition by segment, scenario_id, assumption_case order by month_ahead
        ) as unbilled_before

    from {{ ref('fct_projections') }}

)

select *
from months
where
    month_ahead > 1
    and reason is null
    and cash
    <> revenue + deferred_revenue - deferred_before - unbilled_revenue + unbilled_before
