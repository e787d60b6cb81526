-- a returned row has accounts or users that differ from the previous month plus entering minus
-- leaving
with

adoption as (

    select
        slice,
        slice_value,
        feature,
        month,
        accounts,
        entering_accounts,
        leaving_accounts,
        users,
        entering_users,
        leaving_users

    from {{ ref('fct_feature_adoption') }}

),

followed as (

    select
        adoption.*,
        lag(month) over (partition by slice, slice_value, feature order by month) as month_before,
        lag(accounts, 1, 0) over (partition by slice, slice_value, feature order by month)
            as accounts_before,
        lag(users, 1, 0) over (partition by slice, slice_value, feature order by month)
            as users_before

    from adoption

)

select
    slice,
    slice_value,
    feature,
    month

from followed

where
    accounts <> case
        when month_before = {{ add_months('month', '-1') }} then accounts_before
        else 0
    end + entering_accounts - leaving_accounts
    or users <> case
        when month_before = {{ add_months('month', '-1') }} then users_before
        else 0
    end + entering_users - leaving_users
