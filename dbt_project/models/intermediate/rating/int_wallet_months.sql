with

units as (

    select * from {{ ref('int_rated_units') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

rate_tables as (

    select * from {{ ref('stg_rate_tables') }}

),

credit_grants as (

    select * from {{ ref('stg_credit_grants') }}

),

credit_charges as (

    select * from {{ ref('stg_charges') }}
    where meter = 'credits'

),

credit_plans as (

    select plan_id from rate_tables

    union distinct

    select plan_id from credit_grants

    union distinct

    select plan_id from credit_charges

),

-- a month belongs to the one period in which it starts, as it does for charges over usage
unit_months as (

    select
        units.unit_id,
        units.scenario_id,
        units.account_id,
        units.contract_id,
        units.subscription_id,
        units.plan_id,
        units.currency,
        units.proration,
        anchor_months.month,
        anchor_months.anchor_day,
        anchor_months.period_start as month_start,
        anchor_months.period_end as month_end,
        greatest(anchor_months.period_start, units.service_start) as service_start,
        least(anchor_months.period_end, units.service_end) as service_end,
        anchor_months.is_provisional

    from units

    inner join credit_plans
        on units.plan_id = credit_plans.plan_id

    inner join anchor_months
        on
            units.account_id = anchor_months.account_id
            and greatest(anchor_months.period_start, units.covered_from) >= units.service_start
            and greatest(anchor_months.period_start, units.covered_from) < units.service_end
            and anchor_months.period_end > units.service_start

    -- a long period of a proposal may reach over months without any contract
    inner join current_plans
        on
            anchor_months.account_id = current_plans.account_id
            and anchor_months.month = current_plans.month

),

holders as (

    select distinct
        scenario_id,
        account_id,
        contract_id,
        plan_id

    from unit_months

),

-- numbers stand for whoever holds a wallet: its months are walked through, and text is slow to walk
numbered_holders as (

    select
        holders.*,
        row_number() over (
            order by scenario_id, account_id, contract_id, plan_id
        ) as holder_number

    from holders

),

neighbours as (

    select
        unit_months.*,
        numbered_holders.holder_number,
        lag(unit_months.month) over (
            partition by numbered_holders.holder_number
            order by unit_months.month
        ) as month_before,
        lead(unit_months.month) over (
            partition by numbered_holders.holder_number
            order by unit_months.month
        ) as month_after

    from unit_months

    inner join numbered_holders
        on
            unit_months.scenario_id = numbered_holders.scenario_id
            and unit_months.account_id = numbered_holders.account_id
            and unit_months.contract_id = numbered_holders.contract_id
            and unit_months.plan_id = numbered_holders.plan_id

),

-- a wallet lives as long as months follow each other on one plan
spells as (

    select
        neighbours.*,
        sum(case when month_before = {{ add_months('month', '-1') }} then 0 else 1 end) over (
            partition by holder_number
            order by month
            rows between unbounded preceding and current row
        ) as spell

    from neighbours

),

opened as (

    select
        spells.*,
        cast(holder_number * 1000 + spell as bigint) as wallet_number,
        cast(
            row_number() over (partition by holder_number, spell order by month) - 1 as integer
        ) as month_number,
        coalesce(month_after = {{ add_months('month', '1') }}, false) as is_followed

    from spells

),

grant_versions as (

    select
        credit_grants.*,
        coalesce(
            lead(valid_from) over (
                partition by plan_id, priority, is_free, grant_interval order by valid_from
            ),
            date '9999-12-31'
        ) as valid_before,
        at_zero is not null or overage_unit_amount is not null or topup_credits is not null
            as says_it

    from credit_grants

),

changes as (

    select
        plan_id,
        valid_from,
        lead(valid_from, 1, date '9999-12-31') over (partition by plan_id order by valid_from)
            as valid_before

    from (
        select distinct
            plan_id,
            valid_from

        from credit_grants
    ) as days

),

-- what happens at zero is said by the first grant, in the order of drawing, that says it
policies as (

    select
        changes.plan_id,
        changes.valid_from,
        changes.valid_before,
        grant_versions.at_zero,
        grant_versions.overage_unit_amount,
        grant_versions.topup_credits,
        grant_versions.topup_amount,
        concat(
            'grant of ',
            grant_versions.plan_id,
            ' @ ',
            cast(grant_versions.valid_from as varchar)
        ) as price_version,
        row_number() over (
            partition by changes.plan_id, changes.valid_from
            order by
                grant_versions.says_it desc,
                grant_versions.priority asc nulls last,
                grant_versions.is_free desc,
                grant_versions.grant_interval asc
        ) as policy_rank

    from changes

    inner join grant_versions
        on
            changes.plan_id = grant_versions.plan_id
            and changes.valid_from >= grant_versions.valid_from
            and changes.valid_from < grant_versions.valid_before

),

first_policies as (

    select * from policies
    where policy_rank = 1

),

charged_plans as (

    select distinct plan_id
    from credit_charges

),

described as (

    select
        opened.wallet_number,
        opened.month_number,
        opened.month,
        opened.unit_id,
        opened.scenario_id,
        opened.account_id,
        opened.contract_id,
        opened.subscription_id,
        opened.plan_id,
        opened.currency,
        opened.proration,
        opened.anchor_day,
        opened.month_start,
        opened.month_end,
        opened.service_start,
        opened.service_end,
        opened.is_provisional,
        -- after a closed month without a next one the wallet is gone
        not opened.is_followed and not opened.is_provisional as is_last,
        case
            when first_policies.topup_credits is not null then 'topup'
            when first_policies.at_zero is not null then first_policies.at_zero
            when
                first_policies.overage_unit_amount is not null
                or charged_plans.plan_id is not null
                then 'overage'
            else 'block'
        end as at_zero,
        first_policies.overage_unit_amount,
        first_policies.topup_credits,
        first_policies.topup_amount,
        first_policies.price_version

    from opened

    left join first_policies
        on
            opened.plan_id = first_policies.plan_id
            and opened.service_start >= first_policies.valid_from
            and opened.service_start < first_policies.valid_before

    left join charged_plans
        on opened.plan_id = charged_plans.plan_id

)

select * from described
