with

accounts as (

    select * from {{ ref('int_accounts') }}

),

segments as (

    select
        segment,
        false as is_all

    from accounts

    where segment <> 'all'

    union distinct

    -- every figure of a segment also exists for all accounts
    select
        'all' as segment,
        true as is_all

)

select * from segments
