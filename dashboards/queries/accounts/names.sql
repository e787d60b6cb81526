select
    account_id,
    account_name
from marts.dim_accounts
order by account_name, account_id
