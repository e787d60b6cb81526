-- an account's MRR at the end of the last closed month, in the reporting currency, over all of its
-- billing currencies
create or replace temp macro latest_mrr() as table (
    select
        account_id,
        sum(closing_reporting) as mrr
    from marts.fct_mrr_movements
    where
        version = 'subscription'
        and month = (select last_closed_month from marts.dim_settings)
    group by account_id
);
