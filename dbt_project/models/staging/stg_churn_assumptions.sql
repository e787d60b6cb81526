with

churn_assumptions as (

    select * from {{ source('reference', 'churn_assumptions') }}

),

renamed as (

    select
        {{ adapter.quote('case') }} as assumption_case,
        increase_over,
        extra_churn_ratio

    from churn_assumptions

)

select * from renamed
