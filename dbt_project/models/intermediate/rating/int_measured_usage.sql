with

charges as (

    select * from {{ ref('stg_charges') }}
    where aggregation not in ('sum', 'count') and meter not in ('seats', 'flat', 'credits')

),

units as (

    select * from {{ ref('int_rated_units') }}

),

usage_events as (

    select * from {{ ref('stg_usage_events') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

usage_contracts as (

    select * from {{ ref('int_usage_contracts') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- few books have such a charge; work meets those of its own account's plans only
account_charges as (

    select distinct
        units.account_id,
        charges.charge_id,
        charges.valid_from,
        charges.meter,
        charges.dimension,
        charges.actor_type,
        charges.aggregation

    from units

    inner join charges
        on units.plan_id = charges.plan_id

),

counted as (

    select
        usage_events.event_id,
        usage_events.account_id,
        usage_events.subscription_id,
        usage_events.user_id,
        usage_events.occurred_at,
        {{ local_day('usage_events.occurred_at', 'settings.time_zone') }} as usage_date,
        cast(usage_events.quantity as decimal(20, 6)) as quantity,
        account_charges.charge_id,
        account_charges.valid_from,
        account_charges.aggregation

    from usage_events

    inner join account_charges
        on
            usage_events.account_id = account_charges.account_id
            and usage_events.meter = account_charges.meter

    cross join settings

    where
        (
            account_charges.dimension is null
            or usage_events.dimension = account_charges.dimension
        )
        and (
            account_charges.actor_type is null
            or usage_events.actor_type = account_charges.actor_type
        )

),

-- a level without a contract of its own goes on under the contracts that follow the one of its day
placed as (

    select
        counted.*,
        usage_contracts.contract_id,
        counted.usage_date >= usage_contracts.valid_from as is_in_its_time,
        case
            when not usage_contracts.is_known and usage_contracts.valid_from > date '0001-01-01'
                then {{ utc_time('usage_contracts.valid_from', 'settings.time_zone') }}
        end as passed_on_at,
        case
            when not usage_contracts.is_known and usage_contracts.valid_to < date '9999-12-31'
                then {{ utc_time('usage_contracts.valid_to', 'settings.time_zone') }}
        end as passed_to_next_at,
        case
            when
                counted.usage_date
                >= {{ anchor_date(month_of('counted.usage_date'), 'anchors.anchor_day') }}
                then {{ month_of('counted.usage_date') }}
            else {{ add_months(month_of('counted.usage_date'), '-1') }}
        end as month

    from counted

    inner join anchors
        on counted.account_id = anchors.account_id

    inner join usage_contracts
        on
            counted.account_id = usage_contracts.account_id
            and coalesce(counted.subscription_id, '') = usage_contracts.named_contract_id
            and counted.usage_date < usage_contracts.valid_to
            and (
                counted.usage_date >= usage_contracts.valid_from
                or counted.aggregation = 'time_weighted'
            )

    cross join settings

),

scoped as (

    select
        'account' as scope,
        '' as scope_contract_id,
        placed.*

    from placed
    where is_in_its_time

    union all

    select
        'contract' as scope,
        placed.contract_id as scope_contract_id,
        placed.*

    from placed

),

within_months as (

    select
        scope,
        account_id,
        scope_contract_id,
        charge_id,
        valid_from,
        month,
        case max(aggregation)
            when 'max' then max(quantity)
            when 'last' then max_by(quantity, concat(cast(occurred_at as varchar), ' ', event_id))
            -- users cannot be counted where nobody is named
            when 'distinct_users'
                then nullif(cast(count(distinct user_id) as decimal(20, 6)), 0)
        end as quantity

    from scoped
    where aggregation <> 'time_weighted'
    group by scope, account_id, scope_contract_id, charge_id, valid_from, month

),

-- a level holds until the next event says otherwise
followed as (

    select
        scoped.*,
        lead(occurred_at) over (
            partition by scope, account_id, scope_contract_id, charge_id, valid_from
            order by occurred_at, event_id
        ) as next_at

    from scoped
    where aggregation = 'time_weighted'

),

held as (

    select
        scope,
        account_id,
        scope_contract_id,
        charge_id,
        valid_from,
        quantity,
        case
            when scope = 'contract' then greatest(occurred_at, coalesce(passed_on_at, occurred_at))
            else occurred_at
        end as held_from,
        case
            when scope = 'contract'
                then
                    least(
                        coalesce(next_at, passed_to_next_at),
                        coalesce(passed_to_next_at, next_at)
                    )
            else next_at
        end as held_until

    from followed

),

weighted as (

    select
        held.scope,
        held.account_id,
        held.scope_contract_id,
        held.charge_id,
        held.valid_from,
        anchor_months.month,
        cast(
            sum(
                held.quantity
                * {{ seconds_between(
                    'greatest(held.held_from, anchor_months.period_start_at)',
                    'least('
                    ~ 'coalesce(held.held_until, anchor_months.period_end_at)'
                    ~ ', anchor_months.period_end_at)'
                ) }}
            ) as decimal(38, 6)
        ) as quantity_seconds,
        max(
            {{ seconds_between('anchor_months.period_start_at', 'anchor_months.period_end_at') }}
        ) as month_seconds

    from held

    inner join anchor_months
        on
            held.account_id = anchor_months.account_id
            and held.held_from < anchor_months.period_end_at
            and (
                held.held_until is null
                or (
                    held.held_until > anchor_months.period_start_at
                    and held.held_until > held.held_from
                )
            )

    group by
        held.scope,
        held.account_id,
        held.scope_contract_id,
        held.charge_id,
        held.valid_from,
        anchor_months.month

),

averaged as (

    select
        scope,
        account_id,
        scope_contract_id,
        charge_id,
        valid_from,
        month,
        cast(
            round({{ exact_ratio('quantity_seconds', '1', 'month_seconds') }}, 6)
            as decimal(20, 6)
        ) as quantity

    from weighted

),

together as (

    select * from within_months

    union all

    select * from averaged

),

described as (

    select
        scope,
        account_id,
        scope_contract_id as contract_id,
        charge_id,
        valid_from,
        month,
        cast(quantity as decimal(28, 6)) as quantity

    from together

)

select * from described
