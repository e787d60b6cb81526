select
    cast(increase_over as varchar) as increase_over,
    cast(extra_churn_ratio as varchar) as extra_churn_ratio
from reference.churn_assumptions
where "case" = 'middle'
order by increase_over
