-- a returned row is an account's month that does not open with the closing MRR of the month before
with

movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

compared as (

    select
        today.account_id,
        today.month,
        today.currency,
        today.version,
        today.opening,
        coalesce(earlier.closing, 0) as earlier_closing

    from movements as today

    left join movements as earlier
        on
            today.account_id = earlier.account_id
            and today.currency = earlier.currency
            and today.version = earlier.version
            and earlier.month = {{ add_months('today.month', '-1') }}

),

broken as (

    select * from compared
    where opening <> earlier_closing

)

select * from broken
