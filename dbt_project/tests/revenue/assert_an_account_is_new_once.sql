-- a returned row is an account that is new in more than one month of a version
select
    account_id,
    version,
    count(distinct month) as new_months
from {{ ref('fct_mrr_movements') }}
where new <> 0
group by account_id, version
having count(distinct month) > 1
