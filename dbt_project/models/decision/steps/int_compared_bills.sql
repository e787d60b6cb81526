with

bills as (

    select * from {{ ref('int_migration_bills') }}

),

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

-- the same closed months that migration shock is judged over, and no others
compared as (

    select
        bills.account_id,
        bills.scenario_id,
        bills.month,
        bills.currency,
        bills.current_amount,
        bills.proposed_amount

    from bills

    inner join shocks
        on
            bills.account_id = shocks.account_id
            and bills.scenario_id = shocks.scenario_id
            and bills.currency = shocks.currency

    inner join limits
        on bills.segment = limits.segment

    where
        shocks.difference is not null
        and bills.closed_month <= shocks.month
        and bills.closed_month > {{ add_months('shocks.month', '-limits.migration_months') }}

)

select * from compared
