with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

activity as (

    select * from {{ ref('int_user_activity') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}
    where actor_type <> 'automation'

),

windows as (

    select distinct
        units.account_id,
        units.service_start,
        units.service_end

    from units

    inner join charges
        on units.unit_id = charges.unit_id

    where charges.meter = 'seats' or charges.included_per = 'seat'

),

first_activity as (

    select min(activity_date) as first_active_on
    from activity

),

active_accounts as (

    select distinct account_id
    from activity

),

holding_accounts as (

    select distinct account_id
    from seat_changes
    where user_id is not null

),

work_days as (

    select distinct
        account_id,
        usage_date

    from usage_daily

),

working_accounts as (

    select distinct account_id
    from work_days

),

-- work on a day or a person's action on it, per window
worked as (

    select distinct
        windows.account_id,
        windows.service_start,
        windows.service_end

    from windows

    inner join work_days
        on
            windows.account_id = work_days.account_id
            and work_days.usage_date >= windows.service_start
            and work_days.usage_date < windows.service_end

),

active_days as (

    select distinct
        account_id,
        activity_date

    from activity

),

acted as (

    select distinct
        windows.account_id,
        windows.service_start,
        windows.service_end

    from windows

    inner join active_days
        on
            windows.account_id = active_days.account_id
            and active_days.activity_date >= windows.service_start
            and active_days.activity_date < windows.service_end

),

-- people work there, and no row says who: that is not the same as nobody working
judged as (

    select
        windows.account_id,
        windows.service_start,
        windows.service_end,
        case
            when first_activity.first_active_on is null then 'no_user_ids'
            when holding_accounts.account_id is null then 'no_user_ids'
            when working_accounts.account_id is not null and active_accounts.account_id is null
                then 'no_user_ids'
            when worked.account_id is not null and acted.account_id is null then 'no_user_ids'
            when windows.service_end <= first_activity.first_active_on
                then 'usage_starts_later'
        end as reason

    from windows

    cross join first_activity

    left join holding_accounts
        on windows.account_id = holding_accounts.account_id

    left join working_accounts
        on windows.account_id = working_accounts.account_id

    left join active_accounts
        on windows.account_id = active_accounts.account_id

    left join worked
        on
            windows.account_id = worked.account_id
            and windows.service_start = worked.service_start
            and windows.service_end = worked.service_end

    left join acted
        on
            windows.account_id = acted.account_id
            and windows.service_start = acted.service_start
            and windows.service_end = acted.service_end

)

select * from judged
