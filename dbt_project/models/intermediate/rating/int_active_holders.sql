with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}
    where user_id is not null

),

seat_contracts as (

    select * from {{ ref('int_seat_contracts') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

activity as (

    select * from {{ ref('int_user_activity') }}

),

windows as (

    select distinct
        case when units.scenario_id = 'current' then 'contract' else 'account' end as scope,
        units.account_id,
        units.contract_id,
        units.service_start,
        units.service_end,
        units.service_start_at,
        units.service_end_at

    from units

    inner join charges
        on units.unit_id = charges.unit_id

    where charges.meter = 'seats' or charges.included_per = 'seat'

),

-- a proposal sees the account as one, the current model each contract
scoped as (

    select
        'account' as scope,
        account_id,
        '' as contract_id,
        user_id,
        role,
        effective_at,
        assigned_change,
        suspended_change

    from seat_changes

    union all

    select
        'contract' as scope,
        seat_changes.account_id,
        seat_contracts.contract_id,
        seat_changes.user_id,
        seat_changes.role,
        seat_contracts.effective_at,
        seat_changes.assigned_change,
        seat_changes.suspended_change

    from seat_changes

    inner join seat_contracts
        on
            seat_changes.event_id = seat_contracts.event_id
            and seat_changes.role = seat_contracts.role

),

moments as (

    select
        scope,
        account_id,
        contract_id,
        user_id,
        role,
        effective_at,
        sum(assigned_change) as assigned_change,
        sum(suspended_change) as suspended_change

    from scoped

    group by scope, account_id, contract_id, user_id, role, effective_at

),

holdings as (

    select
        scope,
        account_id,
        contract_id,
        user_id,
        role,
        effective_at as from_at,
        lead(effective_at) over (
            partition by scope, account_id, contract_id, user_id, role
            order by effective_at asc
        ) as to_at,
        sum(assigned_change) over (
            partition by scope, account_id, contract_id, user_id, role
            order by effective_at asc
        ) as assigned,
        sum(suspended_change) over (
            partition by scope, account_id, contract_id, user_id, role
            order by effective_at asc
        ) as suspended

    from moments

),

spans as (

    select distinct
        account_id,
        service_start,
        service_end

    from windows

),

-- days meet by equality: a range over every day of every person would compare each with each
day_numbers as (

    select counted.n
    from ({{ numbers_below(
        '(select coalesce(max(' ~ days_between('service_start', 'service_end') ~ '), 0) from spans)'
    ) }}) as counted

),

days as (

    select
        spans.account_id,
        spans.service_start,
        spans.service_end,
        {{ add_days('spans.service_start', 'day_numbers.n') }} as service_on

    from spans

    inner join day_numbers
        on day_numbers.n < {{ days_between('spans.service_start', 'spans.service_end') }}

),

acted as (

    select distinct
        days.account_id,
        days.service_start,
        days.service_end,
        activity.user_id

    from days

    inner join activity
        on
            days.account_id = activity.account_id
            and days.service_on = activity.activity_date

),

-- the roles that whoever acted had at any time of the service, and whether ever unsuspended: the
-- others go before roles are strung together, which costs most
held as (

    select
        windows.scope,
        windows.account_id,
        windows.contract_id,
        windows.service_start,
        windows.service_end,
        holdings.user_id,
        holdings.role,
        max(case when holdings.assigned > greatest(holdings.suspended, 0) then 1 else 0 end) = 1
            as is_unsuspended

    from windows

    inner join acted
        on
            windows.account_id = acted.account_id
            and windows.service_start = acted.service_start
            and windows.service_end = acted.service_end

    inner join holdings
        on
            windows.scope = holdings.scope
            and windows.account_id = holdings.account_id
            and windows.contract_id = holdings.contract_id
            and acted.user_id = holdings.user_id
            and holdings.from_at < windows.service_end_at
            and (holdings.to_at is null or holdings.to_at > windows.service_start_at)

    where holdings.assigned > 0

    group by
        windows.scope,
        windows.account_id,
        windows.contract_id,
        windows.service_start,
        windows.service_end,
        holdings.user_id,
        holdings.role

),

roles_held as (

    select
        scope,
        account_id,
        contract_id,
        service_start,
        service_end,
        user_id,
        {{ joined_text('role') }} as roles,
        coalesce({{ joined_text('case when is_unsuspended then role end') }}, '')
            as unsuspended_roles

    from held

    group by scope, account_id, contract_id, service_start, service_end, user_id

),

-- few people hold several roles in a service: sets of roles keep the rows few
counted as (

    select
        roles_held.scope,
        roles_held.account_id,
        roles_held.contract_id,
        roles_held.service_start,
        roles_held.service_end,
        roles_held.roles,
        roles_held.unsuspended_roles,
        count(*) as active_holders

    from roles_held

    group by
        roles_held.scope,
        roles_held.account_id,
        roles_held.contract_id,
        roles_held.service_start,
        roles_held.service_end,
        roles_held.roles,
        roles_held.unsuspended_roles

)

select * from counted
