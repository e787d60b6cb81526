with

looked_at as (

    select value
    from marts.fct_signal_parts
    where segment = $segment and metric = $metric
    qualify month > max(month) over () - to_months($months)

)

select
    count(value) as months,
    count(*) filter (where value > cast($at as decimal(18, 6))) as above,
    count(*) filter (where value < cast($at as decimal(18, 6))) as below
from looked_at
