with

stg_accounts as (

    select * from {{ ref('stg_accounts') }}
    where trial_started_at is not null

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

activity as (

    select * from {{ ref('int_user_activity') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft') and line_type <> 'tax' and amount > 0

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- a trial that starts after the as-of is not known yet
trials as (

    select
        stg_accounts.account_id,
        accounts.segment,
        accounts.region,
        coalesce(accounts.plan_family, 'unknown') as plan_family,
        {{ local_day('stg_accounts.trial_started_at', 'settings.time_zone') }}
            as trial_started_on,
        case
            when stg_accounts.trial_converted_at <= settings.as_of
                then {{ local_day('stg_accounts.trial_converted_at', 'settings.time_zone') }}
        end as converted_on

    from stg_accounts

    inner join accounts
        on stg_accounts.account_id = accounts.account_id

    inner join settings
        on stg_accounts.trial_started_at <= settings.as_of

),

acted as (

    select
        trials.account_id,
        min(
            case
                when activity.activity_date >= trials.trial_started_on
                    then activity.activity_date
            end
        ) as first_action_on

    from trials

    inner join activity
        on trials.account_id = activity.account_id

    group by trials.account_id

),

-- people use the product, but no row names them
nameless as (

    select account_id
    from usage_daily
    where actor_type <> 'automation'
    group by account_id

),

charged as (

    select
        trials.account_id,
        min({{ local_day('invoice_lines.issued_at', 'settings.time_zone') }})
            as first_charge_on

    from trials

    cross join settings

    inner join invoice_lines
        on
            trials.account_id = invoice_lines.account_id
            and trials.trial_started_on
            <= {{ local_day('invoice_lines.issued_at', 'settings.time_zone') }}

    group by trials.account_id

),

described as (

    select
        trials.account_id,
        trials.segment,
        trials.region,
        trials.plan_family,
        trials.trial_started_on,
        acted.first_action_on,
        charged.first_charge_on,
        trials.converted_on,
        {{ days_between('trials.trial_started_on', 'acted.first_action_on') }}
            as days_to_action,
        {{ days_between('trials.trial_started_on', 'charged.first_charge_on') }}
            as days_to_charge,
        case
            when charged.first_charge_on is not null then 'charged'
            when acted.first_action_on is not null then 'acted'
            else 'started'
        end as stage,
        case
            when acted.account_id is null and nameless.account_id is not null
                then 'usage names no users'
        end as action_reason

    from trials

    left join acted
        on trials.account_id = acted.account_id

    left join charged
        on trials.account_id = charged.account_id

    left join nameless
        on trials.account_id = nameless.account_id

)

select * from described
