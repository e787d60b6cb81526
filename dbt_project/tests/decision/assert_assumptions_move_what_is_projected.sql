-- a returned row is a plan of twelve months that is not the projection's middle case
select effects.*
from {{ ref('fct_assumption_effects') }} as effects

inner join {{ ref('fct_projections') }} as projections
    on
        effects.segment = projections.segment
        and effects.scenario_id = projections.scenario_id
        and projections.assumption_case = 'middle'
        and projections.month_ahead = 12

where
    effects.planned_revenue is not null
    and effects.planned_revenue <> projections.revenue_to_date
