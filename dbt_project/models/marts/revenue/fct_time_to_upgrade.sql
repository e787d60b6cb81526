with

cohort_accounts as (

    select * from {{ ref('int_cohort_accounts') }}

),

movements as (

    select * from {{ ref('fct_mrr_movements') }}
    where expansion > 0 and not is_provisional

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

-- how long an account has been observed paying, excluding months that are not over
observed as (

    select
        account_id,
        version,
        cohort_month,
        segment,
        region,
        plan_id,
        max(case when is_retained and is_mature then age_months end) as observed_months,
        max(case when is_mature then age_months end) as closed_months

    from cohort_accounts

    group by account_id, version, cohort_month, segment, region, plan_id

),

expanded as (

    select
        observed.account_id,
        observed.version,
        min(movements.month) as expansion_month

    from observed

    inner join movements
        on
            observed.account_id = movements.account_id
            and observed.version = movements.version
            and observed.cohort_month < movements.month

    group by observed.account_id, observed.version

),

-- the account's first interval, that of the earliest contract if there are several
intervals as (

    select
        observed.account_id,
        observed.version,
        min_by(
            contracts.interval_months,
            concat(cast(contracts.started_on as varchar), contracts.contract_id)
        ) as interval_months

    from observed

    inner join contracts
        on
            observed.account_id = contracts.account_id
            and contracts.started_on < {{ add_months('observed.cohort_month', '1') }}
            and (contracts.ended_on is null or contracts.ended_on > observed.cohort_month)

    group by observed.account_id, observed.version

),

joined as (

    select
        observed.*,
        expanded.expansion_month,
        coalesce(intervals.interval_months, 1) as interval_months,
        {{ months_between('observed.cohort_month', 'expanded.expansion_month') }}
            as upgrade_months

    from observed

    left join expanded
        on
            observed.account_id = expanded.account_id
            and observed.version = expanded.version

    left join intervals
        on
            observed.account_id = intervals.account_id
            and observed.version = intervals.version

),

-- an upgrade counts the cycle it falls into; without one only whole cycles are known
described as (

    select
        account_id,
        version,
        segment,
        region,
        plan_id,
        cohort_month as onboarding_month,
        expansion_month,
        cast(interval_months as integer) as interval_months,
        expansion_month is not null as is_upgraded,
        cast(
            case
                when expansion_month is not null
                    then {{ whole_quotient(
                        '(upgrade_months + interval_months - 1)', 'interval_months'
                    ) }}
                else {{ whole_quotient('coalesce(observed_months, 0)', 'interval_months') }}
            end as integer
        ) as cycles,
        case
            when expansion_month is not null then null
            when observed_months is null then 'first month not over'
            when observed_months < closed_months then 'left before any expansion'
            else 'not expanded yet'
        end as censored_reason

    from joined

)

select * from described
