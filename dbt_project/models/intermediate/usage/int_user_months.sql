with

activity as (

    select * from {{ ref('int_user_activity') }}

),

holder_months as (

    select * from {{ ref('int_holder_months') }}

),

acted as (

    select
        account_id,
        user_id,
        {{ month_of('activity_date') }} as month,
        count(*) as active_days,
        max(activity_date) as last_active_on

    from activity

    group by account_id, user_id, {{ month_of('activity_date') }}

),

-- a seat holder has a row even for a month without work
known as (

    select
        account_id,
        user_id,
        month,
        active_days,
        last_active_on

    from acted

    union all

    select
        account_id,
        user_id,
        month,
        0 as active_days,
        cast(null as date) as last_active_on

    from holder_months

),

monthly as (

    select
        account_id,
        user_id,
        month,
        sum(active_days) as active_days,
        max(last_active_on) as last_active_on

    from known

    group by account_id, user_id, month

),

described as (

    select
        account_id,
        user_id,
        month,
        cast(active_days as integer) as active_days,
        max(last_active_on) over (
            partition by account_id, user_id
            order by month
            rows between unbounded preceding and current row
        ) as last_active_on

    from monthly

)

select * from described
