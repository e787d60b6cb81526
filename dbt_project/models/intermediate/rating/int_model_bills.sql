with

current_bills as (

    select * from {{ ref('int_current_bills') }}

),

proposed_plans as (

    select * from {{ ref('int_proposed_plans') }}

),

lines as (

    select * from {{ ref('int_model_lines') }}
    where scenario_id <> 'current'

),

refused_bills as (

    select * from {{ ref('int_refused_bills') }}
    where scenario_id <> 'current'

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

-- credits come after grandfathering, so the cap on the rise looks at the bill before them
line_totals as (

    select
        account_id,
        month,
        scenario_id,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(exact_amount) as decimal(38, 12)) as exact_amount,
        cast(sum(case when line_kind = 'credit' then 0 else amount end) as decimal(18, 4))
            as amount_before_credits

    from lines
    group by account_id, month, scenario_id

),

-- bills in two currencies are never held against each other
rated as (

    select
        proposed_plans.account_id,
        proposed_plans.month,
        current_bills.period_start,
        current_bills.period_end,
        current_bills.is_provisional,
        current_bills.segment,
        proposed_plans.scenario_id,
        proposed_plans.plan_id,
        proposed_plans.currency,
        proposed_plans.uptake,
        proposed_plans.max_increase_ratio,
        proposed_plans.max_increase_periods,
        coalesce(proposed_plans.reason, refused_bills.reason) as reason,
        case when proposed_plans.reason is null then refused_bills.sentence end as sentence,
        -- a bill without a line is a bill over nothing, which is not the same as no bill
        coalesce(line_totals.amount, 0) as rated_amount,
        coalesce(line_totals.exact_amount, 0) as rated_exact_amount,
        coalesce(line_totals.amount_before_credits, 0) as amount_before_credits,
        current_bills.current_basis,
        current_bills.invoiced_amount,
        current_bills.plan_id as current_plan_id,
        case when proposed_plans.currency = current_bills.currency then current_bills.amount end
            as current_amount,
        current_bills.exact_amount as current_exact_amount,
        coalesce(currencies.minor_units, 2) as minor_units

    from proposed_plans

    inner join current_bills
        on
            proposed_plans.account_id = current_bills.account_id
            and proposed_plans.month = current_bills.month

    left join refused_bills
        on
            proposed_plans.account_id = refused_bills.account_id
            and proposed_plans.month = refused_bills.month
            and proposed_plans.scenario_id = refused_bills.scenario_id

    left join line_totals
        on
            proposed_plans.account_id = line_totals.account_id
            and proposed_plans.month = line_totals.month
            and proposed_plans.scenario_id = line_totals.scenario_id

    left join currencies
        on proposed_plans.currency = currencies.currency

),

compared as (

    select
        rated.*,
        coalesce(uptake = 'opt_in' and current_amount < rated_amount, false) as takes_current

    from rated

),

-- the periods of a grandfathered account count from the first that the scenario bills it for
limited as (

    select
        account_id,
        month,
        scenario_id,
        row_number() over (partition by account_id, scenario_id order by month) as period_number,
        {{ most_amount('current_amount', 'max_increase_ratio', 'minor_units') }} as most_amount

    from compared
    where
        max_increase_ratio is not null
        and reason is null
        and current_amount is not null
        and not takes_current

),

relieved as (

    select
        limited.account_id,
        limited.month,
        limited.scenario_id,
        limited.period_number,
        cast(
            least(limited.most_amount - compared.amount_before_credits, 0) as decimal(18, 4)
        ) as relief_amount,
        compared.max_increase_periods is null
        or limited.period_number <= compared.max_increase_periods as is_grandfathered

    from limited

    inner join compared
        on
            limited.account_id = compared.account_id
            and limited.month = compared.month
            and limited.scenario_id = compared.scenario_id

),

held as (

    select
        compared.*,
        cast(relieved.period_number as integer) as period_number,
        relieved.relief_amount,
        case
            when relieved.is_grandfathered then relieved.relief_amount
            when relieved.account_id is not null then cast(0 as decimal(18, 4))
        end as grandfathering_amount

    from compared

    left join relieved
        on
            compared.account_id = relieved.account_id
            and compared.month = relieved.month
            and compared.scenario_id = relieved.scenario_id

),

proposed as (

    select
        account_id,
        month,
        period_start,
        period_end,
        is_provisional,
        segment,
        scenario_id,
        case when takes_current then current_plan_id else plan_id end as plan_id,
        currency,
        reason,
        sentence,
        takes_current,
        current_basis,
        case
            when reason is not null then null
            when takes_current then current_amount
            else rated_amount + coalesce(grandfathering_amount, 0)
        end as amount,
        case
            when reason is not null then null
            when takes_current then current_exact_amount
            else rated_exact_amount + coalesce(grandfathering_amount, 0)
        end as exact_amount,
        current_amount,
        invoiced_amount,
        max_increase_ratio,
        max_increase_periods,
        period_number,
        minor_units,
        relief_amount,
        grandfathering_amount

    from held

),

current_model as (

    select
        current_bills.account_id,
        current_bills.month,
        current_bills.period_start,
        current_bills.period_end,
        current_bills.is_provisional,
        current_bills.segment,
        'current' as scenario_id,
        current_bills.plan_id,
        current_bills.currency,
        current_bills.reason,
        current_bills.sentence,
        false as takes_current,
        current_bills.current_basis,
        current_bills.amount,
        current_bills.exact_amount,
        case when current_bills.currency is not null then current_bills.amount end
            as current_amount,
        current_bills.invoiced_amount,
        cast(null as decimal(18, 9)) as max_increase_ratio,
        cast(null as integer) as max_increase_periods,
        cast(null as integer) as period_number,
        coalesce(currencies.minor_units, 2) as minor_units,
        cast(null as decimal(18, 4)) as relief_amount,
        cast(null as decimal(18, 4)) as grandfathering_amount

    from current_bills

    left join currencies
        on current_bills.currency = currencies.currency

),

together as (

    select * from current_model

    union all

    select * from proposed

),

bills as (

    select
        account_id,
        month,
        period_start,
        period_end,
        is_provisional,
        segment,
        scenario_id,
        plan_id,
        currency,
        reason,
        sentence,
        takes_current,
        current_basis,
        cast(amount as decimal(18, 4)) as amount,
        cast(exact_amount as decimal(38, 12)) as exact_amount,
        cast(current_amount as decimal(18, 4)) as current_amount,
        invoiced_amount,
        max_increase_ratio,
        max_increase_periods,
        period_number,
        minor_units,
        relief_amount,
        grandfathering_amount

    from together

)

select * from bills
