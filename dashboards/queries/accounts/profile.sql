select * from marts.dim_accounts
where account_id = $account_id
