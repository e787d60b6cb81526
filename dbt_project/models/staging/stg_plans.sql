with

plans as (

    select * from {{ source('reference', 'plans') }}

),

renamed as (

    select
        plan_id,
        plan_name,
        family,
        currency,
        billing_interval,
        proration,
        seat_basis,
        billable_roles,
        bill_suspended = 'true' as bill_suspended,
        minimum_amount,
        maximum_amount,
        credit_on_removal = 'true' as credit_on_removal

    from plans

)

select * from renamed
