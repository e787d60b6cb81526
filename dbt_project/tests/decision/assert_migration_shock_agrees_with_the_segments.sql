-- a row is a segment and proposal whose shocked accounts differ between accounts and segments
with

accounts as (

    select * from {{ ref('fct_migration_shock') }}

),

scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

by_account as (

    select
        segment,
        month,
        scenario_id,
        count(*) as accounts,
        sum(case when is_shock then 1 else 0 end) as shocked

    from accounts

    where month is not null and reason is null

    group by segment, month, scenario_id

),

off as (

    select
        by_account.segment,
        by_account.month,
        by_account.scenario_id

    from by_account

    left join scenarios
        on
            by_account.segment = scenarios.segment
            and by_account.month = scenarios.month
            and by_account.scenario_id = scenarios.scenario_id
            and scenarios.window = 'trailing_12'

    where
        scenarios.accounts is null
        or scenarios.accounts <> by_account.accounts
        or scenarios.shock_share <> {{ ratio('by_account.shocked', 'by_account.accounts') }}

)

select * from off
