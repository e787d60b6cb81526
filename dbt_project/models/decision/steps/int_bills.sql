with

bill_parts as (

    select * from {{ ref('int_bill_parts') }}

),

shadow_bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where is_available

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

contract_intervals as (

    select
        account_id,
        min(billing_interval) as billing_interval

    from contracts
    group by account_id

),

invoiced as (

    select
        bill_parts.account_id,
        bill_parts.month,
        bill_parts.scenario_id,
        current_plans.plan_id,
        bill_parts.currency,
        bill_parts.bill,
        bill_parts.has_two_currencies,
        'invoiced' as parts_of

    from bill_parts

    left join current_plans
        on
            bill_parts.account_id = current_plans.account_id
            and bill_parts.month = current_plans.month

    where bill_parts.scenario_id = 'invoiced'

),

-- a current bill that is taken from the invoices has its seats there
shadowed as (

    select
        account_id,
        month,
        scenario_id,
        plan_id,
        currency,
        amount as bill,
        false as has_two_currencies,
        case
            when scenario_id = 'current' and current_basis = 'invoiced' then 'invoiced'
            else scenario_id
        end as parts_of

    from shadow_bills

),

all_bills as (

    select * from invoiced

    union all

    select * from shadowed

),

described as (

    select
        all_bills.account_id,
        all_bills.month,
        all_bills.scenario_id,
        accounts.segment,
        accounts.region,
        all_bills.plan_id,
        all_bills.currency,
        coalesce(plans.billing_interval, contract_intervals.billing_interval, 'month')
            as billing_interval,
        all_bills.bill,
        all_bills.has_two_currencies,
        anchor_months.is_provisional,
        coalesce(bill_parts.seat_amount, 0) as seat_amount,
        coalesce(bill_parts.seat_units, 0) as seat_units,
        coalesce(bill_parts.flat_amount, 0) as flat_amount,
        coalesce(bill_parts.flat_units, 0) as flat_units,
        coalesce(bill_parts.charged_amount, 0) as charged_amount,
        coalesce(bill_parts.discount_amount, 0) as discount_amount

    from all_bills

    inner join anchor_months
        on
            all_bills.account_id = anchor_months.account_id
            and all_bills.month = anchor_months.month

    inner join accounts
        on all_bills.account_id = accounts.account_id

    left join plans
        on all_bills.plan_id = plans.plan_id

    left join contract_intervals
        on all_bills.account_id = contract_intervals.account_id

    left join bill_parts
        on
            all_bills.account_id = bill_parts.account_id
            and all_bills.month = bill_parts.month
            and all_bills.parts_of = bill_parts.scenario_id

),

-- what a unit really cost: its share of the bill's discount taken off
discounted as (

    select
        described.*,
        case
            when discount_amount = 0 or charged_amount = 0
                then cast(seat_amount as decimal(38, 12))
            else {{ net_of_discount('seat_amount') }}
        end as exact_seat_amount,
        case
            when discount_amount = 0 or charged_amount = 0
                then cast(flat_amount as decimal(38, 12))
            else {{ net_of_discount('flat_amount') }}
        end as exact_flat_amount

    from described

),

bills as (

    select
        account_id,
        month,
        scenario_id,
        segment,
        region,
        plan_id,
        currency,
        billing_interval,
        bill,
        has_two_currencies,
        is_provisional,
        seat_amount,
        seat_units,
        flat_amount,
        flat_units,
        charged_amount,
        discount_amount,
        {{ rounded_amount('exact_seat_amount') }} as net_seat_amount,
        {{ rounded_amount('exact_flat_amount') }} as net_flat_amount

    from discounted

)

select * from bills
