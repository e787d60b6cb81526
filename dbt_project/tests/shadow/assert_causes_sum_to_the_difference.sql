-- A row is a proposed bill whose causes do not add up to its difference from the current one.
with

bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where scenario_id <> 'current' and difference is not null

),

causes as (

    select
        account_id,
        month,
        scenario_id,
        sum(difference) as cause_difference

    from {{ ref('fct_shadow_bill_causes') }}
    group by account_id, month, scenario_id

)

select
    bills.account_id,
    bills.month,
    bills.scenario_id,
    bills.difference,
    causes.cause_difference

from bills

left join causes
    on
        bills.account_id = causes.account_id
        and bills.month = causes.month
        and bills.scenario_id = causes.scenario_id

where bills.difference <> coalesce(causes.cause_difference, 0)
