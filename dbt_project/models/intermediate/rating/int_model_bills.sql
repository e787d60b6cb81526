with

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

proposed_plans as (

    select * from {{ ref('int_proposed_plans') }}

),

lines as (

    select * from {{ ref('int_model_lines') }}

),

account_accuracy as (

    select * from {{ ref('fct_account_accuracy') }}

),

invoiced as (

    select * from {{ ref('int_invoiced_months') }}

),

refused_bills as (

    select * from {{ ref('int_refused_bills') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

current_model as (

    select
        current_plans.account_id,
        current_plans.month,
        'current' as scenario_id,
        current_plans.plan_id,
        current_plans.currency,
        case
            when account_accuracy.current_basis = 'invoiced' and invoiced.account_id is null
                then 'not_invoiced'
            when account_accuracy.current_basis = 'invoiced' then null
            when plans.plan_id is null then 'no_plan'
        end as reason,
        cast(null as varchar) as uptake,
        cast(null as decimal(18, 9)) as max_increase_ratio,
        cast(null as integer) as max_increase_periods

    from current_plans

    inner join account_accuracy
        on current_plans.account_id = account_accuracy.account_id

    left join plans
        on current_plans.plan_id = plans.plan_id

    left join invoiced
        on
            current_plans.account_id = invoiced.account_id
            and current_plans.month = invoiced.month

),

bill_keys as (

    select * from current_model

    union all

    select
        account_id,
        month,
        scenario_id,
        plan_id,
        currency,
        reason,
        uptake,
        max_increase_ratio,
        max_increase_periods

    from proposed_plans

),

-- credits come after grandfathering, so the cap on the rise looks at the bill before them
line_totals as (

    select
        account_id,
        month,
        scenario_id,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(case when line_kind = 'credit' then 0 else amount end) as decimal(18, 4))
            as amount_before_credits

    from lines
    group by account_id, month, scenario_id

),

rated as (

    select
        bill_keys.account_id,
        bill_keys.month,
        anchor_months.period_start,
        anchor_months.period_end,
        bill_keys.scenario_id,
        bill_keys.plan_id,
        bill_keys.currency,
        bill_keys.uptake,
        bill_keys.max_increase_ratio,
        bill_keys.max_increase_periods,
        -- the invoices of an account that shows them need no rating
        case
            when bill_keys.scenario_id = 'current' and account_accuracy.current_basis = 'invoiced'
                then bill_keys.reason
            else coalesce(bill_keys.reason, refused_bills.reason)
        end as reason,
        -- a bill without a line is a bill over nothing, which is not the same as no bill
        coalesce(line_totals.amount, 0) as amount,
        coalesce(line_totals.amount_before_credits, 0) as amount_before_credits,
        account_accuracy.current_basis,
        invoiced.invoiced_amount

    from bill_keys

    inner join account_accuracy
        on bill_keys.account_id = account_accuracy.account_id

    inner join anchor_months
        on
            bill_keys.account_id = anchor_months.account_id
            and bill_keys.month = anchor_months.month

    left join refused_bills
        on
            bill_keys.account_id = refused_bills.account_id
            and bill_keys.month = refused_bills.month
            and bill_keys.scenario_id = refused_bills.scenario_id

    left join line_totals
        on
            bill_keys.account_id = line_totals.account_id
            and bill_keys.month = line_totals.month
            and bill_keys.scenario_id = line_totals.scenario_id

    left join invoiced
        on
            bill_keys.account_id = invoiced.account_id
            and bill_keys.month = invoiced.month

),

current_bills as (

    select * from rated
    where scenario_id = 'current' and reason is null

),

-- bills in two currencies are never held against each other
compared as (

    select
        rated.*,
        current_bills.amount as current_amount,
        current_bills.plan_id as current_plan_id,
        coalesce(currencies.minor_units, 2) as minor_units,
        coalesce(
            rated.uptake = 'opt_in' and current_bills.amount < rated.amount, false
        ) as takes_current

    from rated

    left join current_bills
        on
            rated.account_id = current_bills.account_id
            and rated.month = current_bills.month
            and rated.currency = current_bills.currency

    left join currencies
        on rated.currency = currencies.currency

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
        limited.*,
        least(limited.most_amount - compared.amount_before_credits, 0) as relief_amount,
        compared.max_increase_periods is null
        or limited.period_number <= compared.max_increase_periods as is_grandfathered

    from limited

    inner join compared
        on
            limited.account_id = compared.account_id
            and limited.month = compared.month
            and limited.scenario_id = compared.scenario_id

),

bills as (

    select
        compared.account_id,
        compared.month,
        compared.period_start,
        compared.period_end,
        compared.scenario_id,
        case when compared.takes_current then compared.current_plan_id else compared.plan_id end
            as plan_id,
        compared.currency,
        compared.reason,
        compared.takes_current,
        compared.current_basis,
        compared.current_amount,
        compared.invoiced_amount,
        compared.max_increase_ratio,
        compared.max_increase_periods,
        cast(relieved.period_number as integer) as period_number,
        compared.minor_units,
        cast(relieved.relief_amount as decimal(18, 4)) as relief_amount,
        cast(
            case
                when relieved.is_grandfathered then relieved.relief_amount
                when relieved.account_id is not null then 0
            end as decimal(18, 4)
        ) as grandfathering_amount

    from compared

    left join relieved
        on
            compared.account_id = relieved.account_id
            and compared.month = relieved.month
            and compared.scenario_id = relieved.scenario_id

)

select * from bills
