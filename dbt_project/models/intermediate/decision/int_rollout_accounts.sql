with

accounts as (

    select * from {{ ref('dim_accounts') }}

),

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

scenarios as (

    select * from {{ ref('stg_scenarios') }}
    where scenario_id <> 'current'

),

contract_prices as (

    select * from {{ ref('stg_contract_prices') }}

),

settings as (

    select
        *,
        {{ local_day('as_of', 'time_zone') }} as as_of_on

    from {{ ref('stg_settings') }}

),

-- the row that covers an account today: the same order of specificity as for its bills
covering as (

    select
        shocks.account_id,
        shocks.scenario_id,
        scenarios.plan_id,
        coalesce(scenarios.uptake, 'all') as uptake,
        scenarios.starts_on,
        scenarios.max_increase_ratio,
        scenarios.max_increase_periods,
        row_number() over (
            partition by shocks.account_id, shocks.scenario_id
            order by
                case
                    when scenarios.account_id is not null then 1
                    when scenarios.segment is not null and scenarios.from_plan_id is not null
                        then 2
                    when scenarios.segment is not null then 3
                    when scenarios.from_plan_id is not null then 4
                    else 5
                end,
                scenarios.plan_id
        ) as specificity_rank

    from shocks

    inner join accounts
        on shocks.account_id = accounts.account_id

    inner join scenarios
        on
            shocks.scenario_id = scenarios.scenario_id
            and coalesce(scenarios.account_id, shocks.account_id) = shocks.account_id
            and coalesce(scenarios.segment, accounts.segment) = accounts.segment
            and coalesce(scenarios.from_plan_id, accounts.plan_id, '')
            = coalesce(accounts.plan_id, '')

),

-- a contract without a renewal date is renewed with each of its billing periods
placed as (

    select
        shocks.account_id,
        shocks.scenario_id,
        accounts.segment,
        accounts.is_active,
        accounts.started_on,
        covering.plan_id,
        coalesce(covering.uptake, 'all') as uptake,
        covering.starts_on,
        covering.max_increase_ratio,
        covering.max_increase_periods,
        greatest(coalesce(covering.starts_on, settings.as_of_on), settings.as_of_on) as first_on,
        coalesce(accounts.renewal_date, accounts.started_on) as renewal_base,
        case accounts.billing_interval when 'year' then 12 when 'quarter' then 3 else 1 end
            as interval_months

    from shocks

    inner join accounts
        on shocks.account_id = accounts.account_id

    left join covering
        on
            shocks.account_id = covering.account_id
            and shocks.scenario_id = covering.scenario_id
            and covering.specificity_rank = 1

    cross join settings

),

renewed as (

    select
        placed.*,
        {{ first_recurrence('placed.renewal_base', 'placed.interval_months', 'placed.first_on') }}
            as renewal_on

    from placed

),

-- a negotiated price is promised until its last day, past any renewal
promised as (

    select
        renewed.account_id,
        renewed.scenario_id,
        max(contract_prices.valid_to) as promised_until

    from renewed

    inner join contract_prices
        on
            renewed.account_id = contract_prices.account_id
            and renewed.renewal_on >= contract_prices.valid_from
            and renewed.renewal_on < contract_prices.valid_to

    group by renewed.account_id, renewed.scenario_id

),

locked as (

    select
        renewed.*,
        case
            when promised.promised_until is not null then 'price_promised'
            when renewed.renewal_on >= {{ add_months('renewed.first_on', '12') }}
                then 'contract_term'
        end as lock_reason,
        case
            when promised.promised_until is not null
                then
                    {{ first_recurrence(
                        'renewed.renewal_on', 'renewed.interval_months', 'promised.promised_until'
                    ) }}
            else renewed.renewal_on
        end as free_on

    from renewed

    left join promised
        on
            renewed.account_id = promised.account_id
            and renewed.scenario_id = promised.scenario_id

)

select * from locked
