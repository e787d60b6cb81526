with

churn_assumptions as (

    select * from {{ ref('stg_churn_assumptions') }}

),

-- a rise belongs to the highest band that it reaches
bands as (

    select
        increase_over,
        lead(increase_over) over (order by increase_over) as next_increase_over,
        extra_churn_ratio

    from churn_assumptions

    where assumption_case = 'middle'

)

select * from bands
