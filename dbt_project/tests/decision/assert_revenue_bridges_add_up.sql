-- A row is a segment and proposal whose steps from last year to next do not add up.
with

bridges as (

    select * from {{ ref('fct_revenue_bridges') }}
    where reason is null

),

summed as (

    select
        segment,
        scenario_id,
        sum(case when step = 'next_12' then 0 else amount end) as reached,
        sum(case when step = 'next_12' then amount else 0 end) as next_12

    from bridges

    group by segment, scenario_id

)

select * from summed
where reached is null or next_12 is null or reached <> next_12
