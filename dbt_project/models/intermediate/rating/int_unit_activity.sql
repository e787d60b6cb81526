with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

active_holders as (

    select * from {{ ref('int_active_holders') }}

),

windows as (

    select * from {{ ref('int_activity_windows') }}

),

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

unit_rules as (

    select distinct
        units.unit_id,
        case when units.scenario_id = 'current' then 'contract' else 'account' end as scope,
        units.account_id,
        units.contract_id,
        units.service_start,
        units.service_end,
        units.billable_roles,
        units.bill_suspended,
        charges.seat_rule,
        charges.role

    from units

    inner join charges
        on units.unit_id = charges.unit_id

    where charges.meter = 'seats' or charges.included_per = 'seat'

),

rules as (

    select distinct
        seat_rule,
        billable_roles,
        bill_suspended,
        role

    from unit_rules

),

roles as (

    select distinct role
    from seat_changes

),

role_sets as (

    select distinct
        roles,
        unsuspended_roles

    from active_holders

),

-- rules, roles and sets of roles are few: which of the sets a rule counts is decided once
counted_sets as (

    select distinct
        rules.seat_rule,
        role_sets.roles,
        role_sets.unsuspended_roles

    from rules

    inner join roles
        on
            {{ is_billable_role('rules.billable_roles', 'roles.role') }}
            and (rules.role is null or rules.role = roles.role)

    inner join role_sets
        on contains(
            concat(
                ', ',
                case
                    when rules.bill_suspended then role_sets.roles
                    else role_sets.unsuspended_roles
                end,
                ', '
            ),
            concat(', ', roles.role, ', ')
        )

),

counted as (

    select
        unit_rules.unit_id,
        unit_rules.seat_rule,
        sum(active_holders.active_holders) as active_seats

    from unit_rules

    inner join active_holders
        on
            unit_rules.scope = active_holders.scope
            and unit_rules.account_id = active_holders.account_id
            and unit_rules.contract_id = active_holders.contract_id
            and unit_rules.service_start = active_holders.service_start
            and unit_rules.service_end = active_holders.service_end

    inner join counted_sets
        on
            unit_rules.seat_rule = counted_sets.seat_rule
            and active_holders.roles = counted_sets.roles
            and active_holders.unsuspended_roles = counted_sets.unsuspended_roles

    group by unit_rules.unit_id, unit_rules.seat_rule

),

-- nobody acted is zero; nobody can tell is null
described as (

    select
        unit_rules.unit_id,
        unit_rules.seat_rule,
        case
            when windows.reason is null
                then cast(coalesce(counted.active_seats, 0) as decimal(19, 6))
        end as active_seats,
        windows.reason

    from unit_rules

    inner join windows
        on
            unit_rules.account_id = windows.account_id
            and unit_rules.service_start = windows.service_start
            and unit_rules.service_end = windows.service_end

    left join counted
        on
            unit_rules.unit_id = counted.unit_id
            and unit_rules.seat_rule = counted.seat_rule

)

select * from described
