select count(*) as accounts from marts.dim_accounts
