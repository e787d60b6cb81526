with

accounts as (

    select * from {{ ref('int_accounts') }}

),

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

scenarios as (

    select * from {{ ref('stg_scenarios') }}
    where scenario_id <> 'current'

),

-- a price without a last day is no promise until a day
contract_prices as (

    select * from {{ ref('stg_contract_prices') }}
    where valid_to is not null

),

charges as (

    select distinct
        charge_id,
        plan_id
    from {{ ref('stg_charges') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

-- what is metered or taken back runs to no day of its own
invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

    where
        status not in ('void', 'draft', 'uncollectible')
        and line_type in ('seat', 'flat', 'commitment', 'proration')
        and amount > 0

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
            and (
                coalesce(scenarios.uptake, 'all') <> 'new_only'
                or accounts.started_on >= scenarios.starts_on
            )

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

in_force as (

    select contracts.*
    from contracts

    cross join settings

    where
        contracts.started_on <= settings.as_of_on
        and (contracts.ended_on is null or contracts.ended_on > settings.as_of_on)

),

-- prices of plans that the account is not on, those of the proposal among them, hold nothing
negotiated as (

    select distinct
        contract_prices.account_id,
        contract_prices.charge_id,
        contract_prices.valid_from,
        contract_prices.valid_to

    from contract_prices

    inner join charges
        on contract_prices.charge_id = charges.charge_id

    inner join in_force
        on
            contract_prices.account_id = in_force.account_id
            and charges.plan_id = in_force.plan_id

),

-- promises for a charge that follow each other without a gap are one
followed as (

    select
        *,
        coalesce(
            valid_from > max(valid_to) over (
                partition by account_id, charge_id
                order by valid_from, valid_to
                rows between unbounded preceding and 1 preceding
            ),
            true
        ) as is_first

    from negotiated

),

chained as (

    select
        *,
        sum(case when is_first then 1 else 0 end) over (
            partition by account_id, charge_id
            order by valid_from, valid_to
            rows between unbounded preceding and current row
        ) as chain

    from followed

),

promises as (

    select
        account_id,
        min(valid_from) as held_from,
        max(valid_to) as held_until

    from chained

    group by account_id, charge_id, chain

),

-- each until the day on which it lets the account go; the order settles which of two is named
holds as (

    select
        account_id,
        'price_promised' as lock_reason,
        1 as lock_order,
        held_from,
        held_until

    from promises

    union all

    select
        account_id,
        'seats_committed' as lock_reason,
        2 as lock_order,
        started_on as held_from,
        renewal_date as held_until

    from in_force

    where seats_committed > 0

    union all

    select
        account_id,
        'other_contract' as lock_reason,
        3 as lock_order,
        started_on as held_from,
        renewal_date as held_until

    from in_force

    union all

    select
        account_id,
        case when line_type = 'commitment' then 'commitment' else 'paid_ahead' end as lock_reason,
        case when line_type = 'commitment' then 4 else 5 end as lock_order,
        cast(null as date) as held_from,
        period_end as held_until

    from invoice_lines

),

held as (

    select
        renewed.account_id,
        renewed.scenario_id,
        holds.lock_reason,
        holds.held_until,
        row_number() over (
            partition by renewed.account_id, renewed.scenario_id
            order by holds.held_until desc, holds.lock_order asc
        ) as hold_rank

    from renewed

    inner join holds
        on
            renewed.account_id = holds.account_id
            and renewed.renewal_on >= coalesce(holds.held_from, renewed.renewal_on)
            and renewed.renewal_on < holds.held_until

),

locked as (

    select
        renewed.*,
        coalesce(
            held.lock_reason,
            case
                when renewed.renewal_on >= {{ add_months('renewed.first_on', '12') }}
                    then 'contract_term'
            end
        ) as lock_reason,
        case
            when held.held_until is not null
                then
                    {{ first_recurrence(
                        'renewed.renewal_on', 'renewed.interval_months', 'held.held_until'
                    ) }}
            else renewed.renewal_on
        end as free_on

    from renewed

    left join held
        on
            renewed.account_id = held.account_id
            and renewed.scenario_id = held.scenario_id
            and held.hold_rank = 1

)

select * from locked
