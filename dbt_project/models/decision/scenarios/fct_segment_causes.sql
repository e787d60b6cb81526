with

bills as (

    select * from {{ ref('int_migration_bills') }}

),

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

causes as (

    select * from {{ ref('fct_shadow_bill_causes') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

-- the same closed months that the accounts are compared over, and no others
compared as (

    select
        bills.account_id,
        bills.scenario_id,
        bills.segment,
        bills.month,
        bills.currency

    from bills

    inner join shocks
        on
            bills.account_id = shocks.account_id
            and bills.scenario_id = shocks.scenario_id
            and bills.currency = shocks.currency

    inner join limits
        on bills.segment = limits.segment

    where
        shocks.current_reporting is not null
        and shocks.proposed_reporting is not null
        and bills.closed_month <= shocks.month
        and bills.closed_month > {{ add_months('shocks.month', '-limits.migration_months') }}

),

converted as (

    select
        compared.segment,
        compared.scenario_id,
        compared.account_id,
        causes.cause,
        {{ converted_money('causes.current_amount', 'month_rates.rate') }} as current_reporting,
        {{ converted_money('causes.proposed_amount', 'month_rates.rate') }} as proposed_reporting

    from compared

    inner join causes
        on
            compared.account_id = causes.account_id
            and compared.month = causes.month
            and compared.scenario_id = causes.scenario_id

    inner join month_rates
        on compared.currency = month_rates.currency and compared.month = month_rates.month

),

-- every account counts in its own segment and in `all`
memberships as (

    select
        segments.segment,
        converted.scenario_id,
        converted.account_id,
        converted.cause,
        converted.current_reporting,
        converted.proposed_reporting

    from converted

    inner join segments
        on segments.segment in ('all', converted.segment)

),

summed as (

    select
        segment,
        scenario_id,
        cause,
        count(distinct account_id) as accounts,
        cast(sum(current_reporting) as decimal(38, 4)) as current_reporting,
        cast(sum(proposed_reporting) as decimal(38, 4)) as proposed_reporting,
        cast(sum(proposed_reporting - current_reporting) as decimal(38, 4))
            as difference_reporting

    from memberships

    group by segment, scenario_id, cause

)

select * from summed
