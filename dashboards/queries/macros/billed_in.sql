-- whether an account is billed in the currency that is asked for, which may be all of them
create or replace temp macro billed_in(billed_account, wanted_currency) as (
    wanted_currency = 'all'
    or billed_account in (
        select account_id from marts.dim_accounts
        where currency = wanted_currency
    )
);
