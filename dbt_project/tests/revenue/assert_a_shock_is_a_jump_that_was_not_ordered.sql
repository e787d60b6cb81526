-- a returned row is a bill whose shock contradicts its jump, its baseline or what was ordered
select
    account_id,
    month,
    scenario_id
from {{ ref('fct_bill_shock') }}
where
    (is_shock and not is_jump)
    or (baseline is null and (is_jump is not null or is_shock is not null))
    or (reason is null) <> (is_jump is not null)
    or explained_amount < 0
    or explained_amount > greatest(increase_amount, 0)
