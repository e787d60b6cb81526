with

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where status not in ('void', 'draft')

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

subscribed as (

    select
        subscriptions.account_id,
        subscriptions.subscription_id,
        subscriptions.plan_id,
        subscriptions.billing_interval,
        subscriptions.seats_committed,
        subscriptions.renewal_date,
        cast({{ local_time('subscriptions.started_at', 'settings.time_zone') }} as date)
            as started_on,
        -- an end after the as-of is not known yet
        case
            when subscriptions.ended_at <= settings.as_of
                then
                    cast({{ local_time('subscriptions.ended_at', 'settings.time_zone') }} as date)
        end as ended_on,
        {{ exact_ratio('subscriptions.discount_pct', '1', '100') }} as discount_ratio,
        'subscription' as contract_source

    from subscriptions

    cross join settings

    where subscriptions.started_at <= settings.as_of

),

-- without subscriptions the contract is what the invoices say: one from the first recurring
-- service to the as-of, on the plan of the newest line that names one
invoiced as (

    select
        invoice_lines.account_id,
        cast(null as varchar) as subscription_id,
        max_by(
            invoice_lines.plan_id,
            concat(cast(invoice_lines.period_start as varchar), invoice_lines.line_id)
        ) as plan_id,
        cast(null as varchar) as billing_interval,
        cast(null as decimal(19, 6)) as seats_committed,
        cast(null as date) as renewal_date,
        min(invoice_lines.period_start) as started_on,
        cast(null as date) as ended_on,
        cast(null as decimal(38, 12)) as discount_ratio,
        'invoice' as contract_source

    from invoice_lines

    where
        invoice_lines.plan_id is not null
        and invoice_lines.account_id not in (select subscribed.account_id from subscribed)

    group by invoice_lines.account_id

),

declared as (

    select
        accounts.account_id,
        cast(null as varchar) as subscription_id,
        accounts.plan_id,
        cast(null as varchar) as billing_interval,
        cast(null as decimal(19, 6)) as seats_committed,
        accounts.renewal_date,
        cast({{ local_time('accounts.created_at', 'settings.time_zone') }} as date) as started_on,
        case
            when accounts.churned_at <= settings.as_of
                then cast({{ local_time('accounts.churned_at', 'settings.time_zone') }} as date)
        end as ended_on,
        cast(null as decimal(38, 12)) as discount_ratio,
        'account' as contract_source

    from accounts

    cross join settings

    where
        accounts.plan_id is not null
        and accounts.created_at <= settings.as_of
        and accounts.account_id not in (select subscribed.account_id from subscribed)
        and accounts.account_id not in (select invoiced.account_id from invoiced)

),

contracts as (

    select * from subscribed

    union all

    select * from invoiced

    union all

    select * from declared

),

described as (

    select
        contracts.account_id,
        coalesce(contracts.subscription_id, '') as contract_id,
        contracts.subscription_id,
        contracts.plan_id,
        plans.family as plan_family,
        plans.currency as plan_currency,
        -- prices are per the plan's interval; the contract's word counts where the book has none
        coalesce(plans.billing_interval, contracts.billing_interval, 'month') as billing_interval,
        case coalesce(plans.billing_interval, contracts.billing_interval, 'month')
            when 'year' then 12
            when 'quarter' then 3
            else 1
        end as interval_months,
        contracts.seats_committed,
        contracts.renewal_date,
        contracts.started_on,
        contracts.ended_on,
        contracts.discount_ratio,
        contracts.contract_source

    from contracts

    left join plans
        on contracts.plan_id = plans.plan_id

    where contracts.ended_on is null or contracts.ended_on > contracts.started_on

)

select * from described
