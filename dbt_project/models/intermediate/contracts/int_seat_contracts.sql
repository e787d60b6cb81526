with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

default_contracts as (

    select * from {{ ref('int_default_contracts') }}

),

contract_periods as (

    select * from {{ ref('int_contract_periods') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- a contract that runs in parallel with another takes over its seats in the first period after the
-- other's end, which may be in the future
handovers as (

    select
        default_contracts.account_id,
        default_contracts.contract_id,
        default_contracts.valid_to,
        max(case when default_contracts.valid_from > default_contracts.started_on then 1 else 0 end)
        = 1 as ran_beside,
        min(contract_periods.period_start) as counts_from

    from default_contracts

    left join contract_periods
        on
            default_contracts.account_id = contract_periods.account_id
            and default_contracts.contract_id = contract_periods.contract_id
            and default_contracts.valid_from > default_contracts.started_on
            and default_contracts.valid_from <= contract_periods.period_start

    group by
        default_contracts.account_id,
        default_contracts.contract_id,
        default_contracts.valid_to

),

known as (

    select
        seat_changes.event_id,
        seat_changes.role,
        seat_changes.account_id,
        contracts.contract_id,
        seat_changes.effective_at,
        seat_changes.effective_on

    from seat_changes

    inner join contracts
        on
            seat_changes.account_id = contracts.account_id
            and seat_changes.subscription_id = contracts.subscription_id

),

-- seats without a known contract belong to the one in force: each contract takes over those still
-- there
unnamed as (

    select
        seat_changes.event_id,
        seat_changes.role,
        seat_changes.account_id,
        handovers.contract_id,
        case
            when handovers.counts_from > seat_changes.effective_on
                then {{ utc_time('handovers.counts_from', 'settings.time_zone') }}
            else seat_changes.effective_at
        end as effective_at,
        greatest(
            seat_changes.effective_on, coalesce(handovers.counts_from, seat_changes.effective_on)
        ) as effective_on

    from seat_changes

    left join contracts
        on
            seat_changes.account_id = contracts.account_id
            and seat_changes.subscription_id = contracts.subscription_id

    inner join handovers
        on
            seat_changes.account_id = handovers.account_id
            and seat_changes.effective_on < handovers.valid_to

    cross join settings

    where
        contracts.contract_id is null
        and (handovers.counts_from is not null or not handovers.ran_beside)

),

described as (

    select * from known

    union all

    select * from unnamed

)

select * from described
