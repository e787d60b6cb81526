with

balances as (

    select * from {{ ref('int_wallet_balances') }}

),

wallet_grants as (

    select * from {{ ref('int_wallet_grants') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

-- accounts with unknown work: a bill that is unavailable because of seats does not affect the
-- wallet
refused as (

    select * from {{ ref('int_refused_bills') }}
    where reason in ('ambiguous_meter', 'usage_quarantined')

),

settings as (

    select cast({{ local_time('as_of', 'time_zone') }} as date) as as_of_on
    from {{ ref('stg_settings') }}

),

alerts as (

    select
        segment,
        max(case when name = 'wallet_alert_low' then fires_at end) as low_level,
        max(case when name = 'wallet_alert_middle' then fires_at end) as middle_level,
        max(case when name = 'wallet_alert_full' then fires_at end) as full_level

    from thresholds
    group by segment

),

-- beyond the balance and its grace the plan determines what happens to the work
settled as (

    select
        balances.*,
        case when at_zero = 'overage' then beyond else cast(0 as decimal(28, 6)) end as overage,
        case when at_zero = 'block' then beyond else cast(0 as decimal(28, 6)) end as refused,
        case when at_zero = 'throttle' then beyond else cast(0 as decimal(28, 6)) end as throttled,
        case when at_zero = 'unlimited' then beyond else cast(0 as decimal(28, 6)) end as unbilled,
        cast(demand - case when at_zero = 'block' then beyond else 0 end as decimal(28, 6))
            as consumed,
        sum(case when granted > topped_up then 1 else 0 end) over (
            partition by wallet_number
            order by month_number
            rows between unbounded preceding and current row
        ) as grant_count

    from balances

),

-- the balance after a grant is planned to last until the next grant
cycles as (

    select
        settled.*,
        sum(consumed) over (
            partition by wallet_number, grant_count
            order by month_number
            rows between unbounded preceding and current row
        ) as cycle_consumed,
        first_value(opening + rolled_in + granted - topped_up) over (
            partition by wallet_number, grant_count
            order by month_number
            rows between unbounded preceding and current row
        ) as cycle_planned

    from settled

),

planned as (

    select
        cycles.*,
        cast(case when grant_count > 0 then cycle_planned end as decimal(28, 6)) as planned,
        case
            when grant_count > 0 and cycle_planned > 0
                then {{ ratio('cycle_consumed', 'cycle_planned') }}
        end as consumed_ratio

    from cycles

),

next_grants as (

    select
        wallet_grants.wallet_number,
        min(wallet_grants.next_on) as next_grant_on

    from wallet_grants

    cross join settings

    where wallet_grants.next_on > settings.as_of_on

    group by wallet_grants.wallet_number

),

levelled as (

    select
        planned.*,
        settings.as_of_on,
        next_grants.next_grant_on,
        case
            when planned.consumed_ratio >= alerts.full_level then alerts.full_level
            when planned.consumed_ratio >= alerts.middle_level then alerts.middle_level
            when planned.consumed_ratio >= alerts.low_level then alerts.low_level
        end as alert_level,
        case
            when planned.consumed_ratio < alerts.low_level then alerts.low_level
            when planned.consumed_ratio < alerts.middle_level then alerts.middle_level
            when planned.consumed_ratio < alerts.full_level then alerts.full_level
        end as next_alert_level,
        {{ days_between('planned.service_start', 'settings.as_of_on') }} + 1 as elapsed_days

    from planned

    inner join accounts
        on planned.account_id = accounts.account_id

    left join alerts
        on accounts.segment = alerts.segment

    left join next_grants
        on planned.wallet_number = next_grants.wallet_number

    cross join settings

),

-- the running month's pace: its consumption so far ÷ the days that have passed
paced as (

    select
        levelled.*,
        case
            when is_provisional and consumed > 0 and next_alert_level is not null
                then
                    {{ whole_packages(
                        'cast((' ~ exact_product('planned', 'next_alert_level')
                        ~ ' - cycle_consumed) * elapsed_days as decimal(28, 6))',
                        'consumed'
                    ) }}
        end as days_to_next_alert

    from levelled

),

described as (

    select
        paced.account_id,
        paced.scenario_id,
        paced.subscription_id,
        paced.plan_id,
        paced.month,
        paced.month_start as period_start,
        paced.month_end as period_end,
        paced.opening,
        paced.granted,
        paced.topped_up,
        paced.rolled_in,
        paced.drawn,
        paced.expired,
        paced.closing,
        paced.demand,
        paced.grace_drawn as grace,
        paced.at_zero,
        paced.overage,
        paced.refused,
        paced.throttled,
        paced.unbilled,
        paced.planned,
        paced.consumed,
        paced.consumed_ratio,
        paced.alert_level,
        case when paced.is_provisional then paced.next_alert_level end as next_alert_level,
        case
            when
                paced.days_to_next_alert
                < {{ days_between('paced.as_of_on', 'paced.next_grant_on') }}
                then {{ add_days('paced.as_of_on', 'paced.days_to_next_alert') }}
        end as next_alert_on,
        paced.is_provisional,
        refused.account_id is null as is_available,
        refused.reason

    from paced

    left join refused
        on
            paced.account_id = refused.account_id
            and paced.month = refused.month
            and paced.scenario_id = refused.scenario_id

)

select * from described
