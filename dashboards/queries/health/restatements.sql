select
    restated.account_id,
    accounts.account_name,
    restated.segment,
    strftime(restated.month, '%Y-%m') as month,
    restated.figure,
    restated.unit,
    restated.known_at_close,
    restated.known_now,
    restated.difference,
    restated.first_late_at
from marts.fct_restatements as restated
left join marts.dim_accounts as accounts on restated.account_id = accounts.account_id
where (cast($since as date) is null or restated.first_late_at >= cast($since as date))
order by restated.first_late_at desc, restated.account_id asc, restated.figure asc
limit 10000
