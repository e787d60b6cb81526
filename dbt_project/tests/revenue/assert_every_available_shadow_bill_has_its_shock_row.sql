-- a returned row is an available shadow bill that fct_bill_shock lacks or has with another amount
select
    shadow_bills.account_id,
    shadow_bills.month,
    shadow_bills.scenario_id
from {{ ref('fct_shadow_bills') }} as shadow_bills

left join {{ ref('fct_bill_shock') }} as bill_shock
    on
        shadow_bills.account_id = bill_shock.account_id
        and shadow_bills.month = bill_shock.month
        and shadow_bills.scenario_id = bill_shock.scenario_id

where
    shadow_bills.is_available
    and (bill_shock.bill is null or bill_shock.bill <> shadow_bills.amount)
