with

account_accuracy as (

    select * from {{ ref('int_account_accuracy') }}

),

described as (

    select
        account_id,
        segment,
        line_count,
        matched_line_count,
        matched_amount,
        compared_amount,
        accuracy,
        current_basis

    from account_accuracy

)

select * from described
