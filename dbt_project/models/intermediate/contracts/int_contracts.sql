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

-- only the plans of the current model are read: it always covers all accounts
current_rows as (

    select * from {{ ref('stg_scenarios') }}
    where scenario_id = 'current' and plan_id is not null and from_plan_id is null

),

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

first_seats as (

    select
        account_id,
        min(effective_on) as started_on

    from seat_changes
    group by account_id

),

subscribed as (

    select
        subscriptions.account_id,
        subscriptions.subscription_id as contract_id,
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

-- lines for a service; other lines do not identify a contract
service_lines as (

    select
        account_id,
        coalesce(subscription_id, '') as subscription_key,
        plan_id,
        line_id,
        issued_at,
        currency,
        case line_type when 'seat' then 1 when 'flat' then 2 when 'commitment' then 3 else 4 end
            as line_rank,
        period_start,
        greatest(period_end, {{ add_days('period_start', '1') }}) as period_end

    from invoice_lines

    where
        line_type in ('seat', 'flat', 'commitment', 'usage')
        and account_id not in (select subscribed.account_id from subscribed)

),

invoiced_accounts as (

    select
        account_id,
        min(period_start) as started_on,
        max(period_end) as served_until,
        max_by({{ days_between('period_start', 'period_end') }}, period_end) as period_days,
        max_by(currency, concat(cast(issued_at as varchar), line_id)) as currency,
        max(subscription_key) <> '' as names_subscriptions

    from service_lines
    group by account_id

),

-- if an account's lines name subscriptions, lines without one belong to one of them
keyed_lines as (

    select service_lines.*

    from service_lines

    inner join invoiced_accounts
        on service_lines.account_id = invoiced_accounts.account_id

    where
        service_lines.plan_id is not null
        and (service_lines.subscription_key <> '' or not invoiced_accounts.names_subscriptions)

),

served as (

    select
        account_id,
        subscription_key,
        max(period_end) as served_until,
        max_by({{ days_between('period_start', 'period_end') }}, period_end) as period_days

    from keyed_lines
    group by account_id, subscription_key

),

-- seats and fees identify the plan before usage that is billed with them; future services are not
-- known yet
telling as (

    select keyed_lines.*

    from keyed_lines

    cross join settings

    left join keyed_lines as stronger
        on
            keyed_lines.account_id = stronger.account_id
            and keyed_lines.subscription_key = stronger.subscription_key
            and keyed_lines.line_rank > stronger.line_rank
            and keyed_lines.period_start >= stronger.period_start
            and keyed_lines.period_start < stronger.period_end

    where
        stronger.account_id is null
        and keyed_lines.period_start
        <= {{ local_day('settings.as_of', 'settings.time_zone') }}

),

plan_days as (

    select
        account_id,
        subscription_key,
        period_start,
        min_by(plan_id, concat(cast(line_rank as varchar), line_id)) as plan_id

    from telling
    group by account_id, subscription_key, period_start

),

followed as (

    select
        *,
        lag(plan_id) over (
            partition by account_id, subscription_key
            order by period_start
        ) as plan_before

    from plan_days

),

-- another plan is another contract, from the first service billed under it
plan_changes as (

    select
        account_id,
        subscription_key,
        plan_id,
        period_start as started_on,
        lead(period_start) over (
            partition by account_id, subscription_key
            order by period_start
        ) as changed_on

    from followed
    where plan_before is null or plan_before <> plan_id

),

left_accounts as (

    select
        accounts.account_id,
        {{ local_day('accounts.churned_at', 'settings.time_zone') }} as left_on

    from accounts

    cross join settings

    where accounts.churned_at <= settings.as_of

),

-- service stopped once a whole period went by without an invoice; a churn before a later contract
-- does not count
invoiced as (

    select
        plan_changes.account_id,
        case
            when plan_changes.changed_on is null then plan_changes.subscription_key
            else
                concat(
                    plan_changes.subscription_key, '@', cast(plan_changes.started_on as varchar)
                )
        end as contract_id,
        nullif(plan_changes.subscription_key, '') as subscription_id,
        plan_changes.plan_id,
        cast(null as varchar) as billing_interval,
        cast(null as decimal(19, 6)) as seats_committed,
        cast(null as date) as renewal_date,
        plan_changes.started_on,
        case
            when plan_changes.changed_on is not null then plan_changes.changed_on
            when left_accounts.left_on > plan_changes.started_on then left_accounts.left_on
            when
                {{ add_days('served.served_until', 'served.period_days') }}
                <= {{ local_day('settings.as_of', 'settings.time_zone') }}
                then served.served_until
        end as ended_on,
        cast(null as decimal(38, 12)) as discount_ratio,
        'invoice' as contract_source

    from plan_changes

    inner join served
        on
            plan_changes.account_id = served.account_id
            and plan_changes.subscription_key = served.subscription_key

    left join left_accounts
        on plan_changes.account_id = left_accounts.account_id

    cross join settings

),

-- accounts known from their own row, an invoice or a seat that have no plan yet
unplanned as (

    select account_id from accounts

    union distinct

    select account_id from invoiced_accounts

    union distinct

    select account_id from first_seats

),

starts as (

    select
        unplanned.account_id,
        accounts.plan_id,
        accounts.renewal_date,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(accounts.currency, invoiced_accounts.currency) as currency,
        invoiced_accounts.account_id is not null as is_invoiced,
        coalesce(
            invoiced_accounts.started_on,
            {{ local_day('accounts.created_at', 'settings.time_zone') }},
            first_seats.started_on
        ) as started_on,
        case
            when
                left_accounts.left_on
                > coalesce(invoiced_accounts.started_on, date '0001-01-01')
                then left_accounts.left_on
            when
                {{ add_days('invoiced_accounts.served_until', 'invoiced_accounts.period_days') }}
                <= {{ local_day('settings.as_of', 'settings.time_zone') }}
                then invoiced_accounts.served_until
        end as ended_on,
        {{ local_day('settings.as_of', 'settings.time_zone') }} as as_of_on

    from unplanned

    left join accounts
        on unplanned.account_id = accounts.account_id

    left join invoiced_accounts
        on unplanned.account_id = invoiced_accounts.account_id

    left join first_seats
        on unplanned.account_id = first_seats.account_id

    left join left_accounts
        on unplanned.account_id = left_accounts.account_id

    cross join settings

    where
        unplanned.account_id not in (select subscribed.account_id from subscribed)
        and unplanned.account_id not in (select invoiced.account_id from invoiced)

),

-- the most specific row of the current model that covers the account; a row with a from_plan_id
-- does not cover accounts without a plan
assumed_plans as (

    select
        starts.account_id,
        min_by(
            current_rows.plan_id,
            concat(
                case
                    when current_rows.account_id is not null then '1'
                    when current_rows.segment is not null then '2'
                    else '3'
                end,
                current_rows.plan_id
            )
        ) as plan_id

    from starts

    inner join current_rows
        on
            (current_rows.account_id is null or current_rows.account_id = starts.account_id)
            and (current_rows.segment is null or current_rows.segment = starts.segment)

    where starts.plan_id is null

    group by starts.account_id

),

-- the plan of the same name in the account's currency replaces one in another currency
assumed as (

    select
        assumed_plans.account_id,
        case
            when starts.currency is null or named_plans.currency = starts.currency
                then named_plans.plan_id
            else min(variants.plan_id)
        end as plan_id

    from assumed_plans

    inner join starts
        on assumed_plans.account_id = starts.account_id

    inner join plans as named_plans
        on assumed_plans.plan_id = named_plans.plan_id

    left join plans as variants
        on
            named_plans.plan_name = variants.plan_name
            and starts.currency = variants.currency

    group by
        assumed_plans.account_id, starts.currency, named_plans.currency, named_plans.plan_id

),

-- an invoiced account has a contract, even if its plan is unknown
declared as (

    select
        starts.account_id,
        '' as contract_id,
        cast(null as varchar) as subscription_id,
        coalesce(starts.plan_id, assumed.plan_id) as plan_id,
        cast(null as varchar) as billing_interval,
        cast(null as decimal(19, 6)) as seats_committed,
        starts.renewal_date,
        starts.started_on,
        starts.ended_on,
        cast(null as decimal(38, 12)) as discount_ratio,
        case
            when starts.plan_id is not null then 'account'
            when assumed.plan_id is not null then 'scenario'
            else 'none'
        end as contract_source

    from starts

    left join assumed
        on starts.account_id = assumed.account_id

    where
        starts.started_on <= starts.as_of_on
        and (
            starts.plan_id is not null or assumed.plan_id is not null or starts.is_invoiced
        )

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
        contracts.contract_id,
        contracts.subscription_id,
        contracts.plan_id,
        plans.family as plan_family,
        plans.currency as plan_currency,
        -- prices are per the plan's interval; the contract's interval applies if the book has none
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
