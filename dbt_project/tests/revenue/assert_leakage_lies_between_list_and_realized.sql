-- a returned row is an account's month whose leakage ratio is not 1 - realized / list, or whose
-- unapproved part exists without a list price
select
    account_id,
    month
from {{ ref('fct_discount_leakage') }}
where
    abs(leakage_ratio * list_amount - (list_amount - realized_amount)) > 0.0001 * list_amount
    or (list_amount is null and unapproved_amount is not null)
    or (list_amount <= 0 and leakage_ratio is not null)
