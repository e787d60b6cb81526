with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

seat_contracts as (

    select * from {{ ref('int_seat_contracts') }}

),

rated_units as (

    select * from {{ ref('int_rated_units') }}

),

rated_charges as (

    select * from {{ ref('int_rated_charges') }}

),

-- a proposal sees the account as one, the current model each contract; the rules in use are few
rules as (

    select distinct
        rated_charges.seat_rule,
        rated_units.billable_roles,
        rated_units.bill_suspended,
        coalesce(rated_charges.role, '') as role,
        case when rated_units.scenario_id = 'current' then 'contract' else 'account' end as scope

    from rated_charges

    inner join rated_units
        on rated_charges.unit_id = rated_units.unit_id

    where rated_charges.meter = 'seats' or rated_charges.included_per = 'seat'

),

scoped as (

    select
        'account' as scope,
        '' as contract_id,
        seat_changes.account_id,
        seat_changes.event_id,
        seat_changes.event_type,
        seat_changes.role,
        seat_changes.assigned_change,
        seat_changes.suspended_change,
        seat_changes.effective_at,
        seat_changes.effective_on,
        seat_changes.recorded_at

    from seat_changes

    union all

    select
        'contract' as scope,
        seat_contracts.contract_id,
        seat_changes.account_id,
        seat_changes.event_id,
        seat_changes.event_type,
        seat_changes.role,
        seat_changes.assigned_change,
        seat_changes.suspended_change,
        seat_contracts.effective_at,
        seat_contracts.effective_on,
        seat_changes.recorded_at

    from seat_changes

    inner join seat_contracts
        on
            seat_changes.event_id = seat_contracts.event_id
            and seat_changes.role = seat_contracts.role

),

-- an event may move seats between two roles; what counts is its net effect on the rule's seats
counted as (

    select
        rules.seat_rule,
        scoped.scope,
        scoped.account_id,
        scoped.contract_id,
        scoped.event_id,
        scoped.event_type,
        scoped.effective_at,
        scoped.effective_on,
        scoped.recorded_at,
        sum(
            {{ level_change(
                'scoped.assigned_change', 'scoped.suspended_change', 'rules.bill_suspended'
            ) }}
        ) as level_change

    from scoped

    inner join rules
        on
            scoped.scope = rules.scope
            and {{ is_billable_role('rules.billable_roles', 'scoped.role') }}
            and (rules.role = '' or rules.role = scoped.role)

    group by
        rules.seat_rule,
        scoped.scope,
        scoped.account_id,
        scoped.contract_id,
        scoped.event_id,
        scoped.event_type,
        scoped.effective_at,
        scoped.effective_on,
        scoped.recorded_at

),

running as (

    select
        counted.*,
        sum(level_change) over (
            partition by seat_rule, scope, account_id, contract_id
            order by effective_at, recorded_at, event_id
            rows unbounded preceding
        ) as level_after

    from counted
    where level_change <> 0

),

levels as (

    select
        seat_rule,
        scope,
        account_id,
        contract_id,
        event_id,
        event_type,
        effective_at,
        effective_on,
        recorded_at,
        cast(level_after - level_change as decimal(19, 6)) as level_before,
        cast(level_after as decimal(19, 6)) as level_after,
        row_number() over (
            partition by seat_rule, scope, account_id, contract_id
            order by effective_at, recorded_at, event_id
        ) as level_number

    from running

)

select * from levels
