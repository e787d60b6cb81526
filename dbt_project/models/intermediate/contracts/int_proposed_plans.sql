with

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

proposals as (

    select * from {{ ref('stg_scenarios') }}
    where scenario_id <> 'current'

),

plans as (

    select * from {{ ref('stg_plans') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

-- rows about one account are joined by its id: a book may have one for each of thousands
named as (

    select
        current_plans.account_id,
        current_plans.month,
        current_plans.currency,
        proposals.scenario_id,
        proposals.plan_id,
        proposals.uptake,
        proposals.starts_on,
        proposals.max_increase_ratio,
        proposals.max_increase_periods,
        1 as specificity

    from current_plans

    inner join proposals
        on current_plans.account_id = proposals.account_id

    where
        (proposals.segment is null or proposals.segment = current_plans.segment)
        and (
            proposals.from_plan_id is null
            or proposals.from_plan_id = current_plans.plan_id
        )

),

grouped as (

    select
        current_plans.account_id,
        current_plans.month,
        current_plans.currency,
        proposals.scenario_id,
        proposals.plan_id,
        proposals.uptake,
        proposals.starts_on,
        proposals.max_increase_ratio,
        proposals.max_increase_periods,
        case
            when proposals.segment is not null and proposals.from_plan_id is not null then 2
            when proposals.segment is not null then 3
            when proposals.from_plan_id is not null then 4
            else 5
        end as specificity

    from current_plans

    inner join proposals
        on
            proposals.account_id is null
            and (proposals.segment is null or proposals.segment = current_plans.segment)
            and (
                proposals.from_plan_id is null
                or proposals.from_plan_id = current_plans.plan_id
            )

),

covering as (

    select * from named

    union all

    select * from grouped

),

-- the most specific row that covers an account applies: account, segment with plan, segment, all;
-- `new_only` covers accounts that start on its day or later
matched as (

    select
        covering.account_id,
        covering.month,
        covering.currency,
        covering.scenario_id,
        covering.plan_id as named_plan_id,
        covering.uptake,
        covering.max_increase_ratio,
        covering.max_increase_periods,
        row_number() over (
            partition by covering.account_id, covering.month, covering.scenario_id
            order by covering.specificity, covering.plan_id
        ) as specificity_rank

    from covering

    inner join anchors
        on covering.account_id = anchors.account_id

    where
        coalesce(covering.uptake, 'all') <> 'new_only'
        or anchors.started_on >= covering.starts_on

),

-- the plan of the same name in the account's currency replaces one in another currency
in_account_currency as (

    select
        matched.account_id,
        matched.month,
        matched.scenario_id,
        matched.currency,
        named_plans.plan_id as named_plan_id,
        matched.uptake,
        matched.max_increase_ratio,
        matched.max_increase_periods,
        case
            when matched.currency is null or named_plans.currency = matched.currency
                then named_plans.plan_id
            else min(variants.plan_id)
        end as plan_id

    from matched

    left join plans as named_plans
        on matched.named_plan_id = named_plans.plan_id

    left join plans as variants
        on
            named_plans.plan_name = variants.plan_name
            and matched.currency = variants.currency

    where matched.specificity_rank = 1

    group by
        matched.account_id,
        matched.month,
        matched.scenario_id,
        matched.currency,
        named_plans.plan_id,
        named_plans.currency,
        matched.uptake,
        matched.max_increase_ratio,
        matched.max_increase_periods

),

resolved as (

    select
        in_account_currency.account_id,
        in_account_currency.month,
        in_account_currency.scenario_id,
        in_account_currency.plan_id,
        coalesce(plans.currency, in_account_currency.currency) as currency,
        case
            when in_account_currency.named_plan_id is null then 'no_plan'
            when in_account_currency.plan_id is null then 'no_plan_in_currency'
        end as reason,
        in_account_currency.uptake,
        in_account_currency.max_increase_ratio,
        in_account_currency.max_increase_periods

    from in_account_currency

    left join plans
        on in_account_currency.plan_id = plans.plan_id

)

select * from resolved
