-- whether an account is billed in the given currency, which may be all
create or replace temp macro billed_in(billed_account, wanted_currency) as (
    wanted_currency = 'all'
    or billed_account in (
        select account_id from marts.dim_accounts
        where currency = wanted_currency
    )
);
