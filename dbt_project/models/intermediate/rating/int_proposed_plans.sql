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

-- the most specific row that covers an account holds: account, segment with plan, segment, all
matched as (

    select
        current_plans.account_id,
        current_plans.month,
        current_plans.currency,
        proposals.scenario_id,
        proposals.plan_id as named_plan_id,
        row_number() over (
            partition by
                current_plans.account_id,
                current_plans.month,
                proposals.scenario_id
            order by
                case
                    when proposals.account_id is not null then 1
                    when proposals.segment is not null and proposals.from_plan_id is not null then 2
                    when proposals.segment is not null then 3
                    when proposals.from_plan_id is not null then 4
                    else 5
                end,
                proposals.plan_id
        ) as specificity_rank

    from current_plans

    inner join proposals
        on
            (proposals.account_id is null or proposals.account_id = current_plans.account_id)
            and (proposals.segment is null or proposals.segment = current_plans.segment)
            and (
                proposals.from_plan_id is null
                or proposals.from_plan_id = current_plans.plan_id
            )

),

-- the plan of the same name in the account's currency stands in for one in another
twinned as (

    select
        matched.account_id,
        matched.month,
        matched.scenario_id,
        matched.currency,
        named_plans.plan_id as named_plan_id,
        case
            when matched.currency is null or named_plans.currency = matched.currency
                then named_plans.plan_id
            else min(twins.plan_id)
        end as plan_id

    from matched

    left join plans as named_plans
        on matched.named_plan_id = named_plans.plan_id

    left join plans as twins
        on
            named_plans.plan_name = twins.plan_name
            and matched.currency = twins.currency

    where matched.specificity_rank = 1

    group by
        matched.account_id,
        matched.month,
        matched.scenario_id,
        matched.currency,
        named_plans.plan_id,
        named_plans.currency

),

resolved as (

    select
        twinned.account_id,
        twinned.month,
        twinned.scenario_id,
        twinned.plan_id,
        coalesce(plans.currency, twinned.currency) as currency,
        case
            when twinned.named_plan_id is null then 'no_plan'
            when twinned.plan_id is null then 'no_plan_in_currency'
        end as reason

    from twinned

    left join plans
        on twinned.plan_id = plans.plan_id

)

select * from resolved
