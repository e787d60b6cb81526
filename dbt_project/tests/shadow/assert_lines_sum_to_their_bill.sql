-- A row is a bill whose lines do not add up to it, to the minor unit.
with

bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where is_available

),

lines as (

    select
        account_id,
        month,
        scenario_id,
        sum(amount) as line_amount

    from {{ ref('fct_shadow_bill_lines') }}
    group by account_id, month, scenario_id

)

select
    bills.account_id,
    bills.month,
    bills.scenario_id,
    bills.amount,
    lines.line_amount

from bills

left join lines
    on
        bills.account_id = lines.account_id
        and bills.month = lines.month
        and bills.scenario_id = lines.scenario_id

where bills.amount <> coalesce(lines.line_amount, 0)
