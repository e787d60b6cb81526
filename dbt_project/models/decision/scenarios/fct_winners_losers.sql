with

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

compared as (

    select * from {{ ref('int_compared_bills') }}

),

causes as (

    select * from {{ ref('fct_shadow_bill_causes') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

summed as (

    select
        compared.account_id,
        compared.scenario_id,
        causes.cause,
        cast(sum(causes.difference) as decimal(18, 4)) as difference

    from compared

    inner join causes
        on
            compared.account_id = causes.account_id
            and compared.month = causes.month
            and compared.scenario_id = causes.scenario_id

    group by compared.account_id, compared.scenario_id, causes.cause

),

-- the largest first, whichever way it goes
ordered as (

    select
        summed.account_id,
        summed.scenario_id,
        summed.cause,
        summed.difference,
        row_number() over (
            partition by summed.account_id, summed.scenario_id
            order by abs(summed.difference) desc, summed.cause asc
        ) as place

    from summed

    where summed.difference <> 0

),

told as (

    select
        ordered.account_id,
        ordered.scenario_id,
        sum(ordered.difference) as difference,
        max(case when ordered.place = 1 then ordered.cause end) as main_cause,
        {{ ordered_text(
            "ordered.cause || ' ' || case when ordered.difference > 0 then '+' else '−' end || "
            ~ price_text('abs(ordered.difference)', 'coalesce(currencies.minor_units, 2)'),
            'ordered.place', "', '"
        ) }} as causes

    from ordered

    inner join shocks
        on
            ordered.account_id = shocks.account_id
            and ordered.scenario_id = shocks.scenario_id

    left join currencies
        on shocks.currency = currencies.currency

    group by ordered.account_id, ordered.scenario_id

),

final as (

    select
        shocks.account_id,
        shocks.scenario_id,
        shocks.segment,
        case
            when shocks.difference < 0 then 'winner'
            when shocks.difference > 0 then 'loser'
            when shocks.difference = 0 then 'unchanged'
            else 'not_compared'
        end as side,
        shocks.months,
        shocks.currency,
        shocks.current_amount,
        shocks.proposed_amount,
        shocks.difference,
        shocks.difference_ratio,
        shocks.monthly_increase_reporting,
        shocks.is_shock,
        case when shocks.difference is not null then told.main_cause end as main_cause,
        case when shocks.difference is not null then coalesce(told.causes, '') end as causes,
        shocks.reason

    from shocks

    left join told
        on shocks.account_id = told.account_id and shocks.scenario_id = told.scenario_id

)

select * from final
