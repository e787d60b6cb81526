with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft')

),

plans as (

    select * from {{ ref('stg_plans') }}

),

settings as (

    select
        *,
        {{ local_day('as_of', 'time_zone') }} as as_of_on

    from {{ ref('stg_settings') }}

),

-- the accounts export may be incomplete or missing: anything with a contract, seats, usage or
-- invoices is an account
first_seats as (

    select
        account_id,
        min(effective_on) as first_on

    from seat_changes

    group by account_id

),

first_work as (

    select
        account_id,
        min(usage_date) as first_on

    from usage_daily

    group by account_id

),

named as (

    select account_id from accounts

    union distinct

    select account_id from contracts

    union distinct

    select account_id from first_seats

    union distinct

    select account_id from first_work

    union distinct

    select account_id from invoice_lines

),

-- the plan in force at the as-of, the earliest if there are several; without one, the latest
ranked_contracts as (

    select
        contracts.*,
        (
            contracts.started_on <= settings.as_of_on
            and (contracts.ended_on is null or contracts.ended_on > settings.as_of_on)
        ) as is_in_force,
        row_number() over (
            partition by contracts.account_id
            order by
                contracts.ended_on is null desc,
                contracts.ended_on desc,
                contracts.started_on asc,
                contracts.contract_id asc
        ) as contract_rank

    from contracts

    cross join settings

),

contracted as (

    select
        account_id,
        bool_or(is_in_force) as is_in_force,
        bool_or(contract_source = 'subscription') as is_subscribed,
        max(started_on) as last_started_on,
        min(case when contract_rank = 1 then plan_id end) as plan_id,
        min(case when contract_rank = 1 then plan_family end) as plan_family,
        min(case when contract_rank = 1 then plan_currency end) as plan_currency,
        min(case when contract_rank = 1 then billing_interval end) as billing_interval,
        min(case when is_in_force then renewal_date end) as renewal_date

    from ranked_contracts

    group by account_id

),

-- if only invoices are known, service stopped once a whole period has passed without one
invoiced as (

    select
        account_id,
        max_by(currency, concat(cast(issued_at as varchar), invoice_id)) as currency,
        max_by(
            {{ days_between('period_start', 'period_end') }}, period_end
        ) filter (where line_type in ('seat', 'flat', 'commitment', 'usage')) as period_days,
        max(period_end) filter (where line_type in ('seat', 'flat', 'commitment', 'usage'))
            as served_until

    from invoice_lines

    group by account_id

),

described as (

    select
        named.account_id,
        coalesce(accounts.account_name, named.account_id) as account_name,
        coalesce(accounts.segment, 'unknown') as segment,
        accounts.region,
        accounts.country,
        accounts.industry,
        accounts.account_owner,
        coalesce(contracted.plan_currency, accounts.currency, invoiced.currency) as currency,
        coalesce(contracted.plan_id, accounts.plan_id) as plan_id,
        coalesce(contracted.plan_family, plans.family) as plan_family,
        coalesce(contracted.billing_interval, plans.billing_interval) as billing_interval,
        coalesce(
            accounts.billing_anchor_day,
            anchors.anchor_day,
            extract(day from first_seats.first_on),
            extract(day from first_work.first_on),
            1
        ) as billing_anchor_day,
        coalesce(anchors.started_on, first_seats.first_on, first_work.first_on) as started_on,
        anchors.ended_on,
        -- a churn before a later contract does not count
        case
            when
                accounts.churned_at <= settings.as_of
                and (
                    contracted.last_started_on is null
                    or contracted.last_started_on
                    <= {{ local_day('accounts.churned_at', 'settings.time_zone') }}
                )
                then {{ local_day('accounts.churned_at', 'settings.time_zone') }}
        end as left_on,
        case
            when
                not coalesce(contracted.is_subscribed, false)
                and {{ add_days('invoiced.served_until', 'invoiced.period_days') }}
                <= settings.as_of_on
                then invoiced.served_until
        end as lapsed_on,
        coalesce(contracted.is_in_force, invoiced.served_until is not null) as is_in_force,
        contracted.renewal_date as contract_renewal_date,
        accounts.renewal_date as account_renewal_date,
        settings.as_of_on

    from named

    left join accounts
        on named.account_id = accounts.account_id

    left join contracted
        on named.account_id = contracted.account_id

    left join anchors
        on named.account_id = anchors.account_id

    left join first_seats
        on named.account_id = first_seats.account_id

    left join first_work
        on named.account_id = first_work.account_id

    left join invoiced
        on named.account_id = invoiced.account_id

    left join plans
        on accounts.plan_id = plans.plan_id

    cross join settings

),

ended as (

    select
        described.*,
        coalesce(ended_on, left_on, lapsed_on) as churned_on

    from described

),

finished as (

    select
        account_id,
        account_name,
        segment,
        region,
        country,
        industry,
        account_owner,
        currency,
        plan_id,
        plan_family,
        billing_interval,
        cast(billing_anchor_day as integer) as billing_anchor_day,
        started_on,
        churned_on,
        case
            when churned_on is not null then null
            when contract_renewal_date > as_of_on then contract_renewal_date
            when account_renewal_date > as_of_on then account_renewal_date
        end as renewal_date,
        is_in_force and churned_on is null as is_active

    from ended

)

select * from finished
