with

contract_periods as (

    select * from {{ ref('int_contract_periods') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

proposed_plans as (

    select * from {{ ref('int_proposed_plans') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- the current model bills each contract on its own periods
current_units as (

    select
        'current' as scenario_id,
        account_id,
        contract_id,
        subscription_id,
        plan_id,
        interval_months,
        seats_committed,
        discount_ratio,
        month,
        period_start,
        period_end,
        started_on as covered_from,
        ended_on as covered_to,
        is_aligned

    from contract_periods

),

-- a proposal rates the account as one, from the month on in which it is first covered
proposed_months as (

    select
        proposed_plans.scenario_id,
        proposed_plans.account_id,
        proposed_plans.plan_id,
        case plans.billing_interval when 'year' then 12 when 'quarter' then 3 else 1 end
            as interval_months,
        proposed_plans.month,
        min(proposed_plans.month) over (
            partition by
                proposed_plans.scenario_id,
                proposed_plans.account_id,
                proposed_plans.plan_id
        ) as first_month,
        anchor_months.anchor_day,
        current_plans.service_start,
        current_plans.service_end,
        -- what is not over at the as-of goes on
        anchor_months.is_provisional and current_plans.service_end = anchor_months.period_end
            as is_running

    from proposed_plans

    inner join anchor_months
        on
            proposed_plans.account_id = anchor_months.account_id
            and proposed_plans.month = anchor_months.month

    inner join current_plans
        on
            proposed_plans.account_id = current_plans.account_id
            and proposed_plans.month = current_plans.month

    inner join plans
        on proposed_plans.plan_id = plans.plan_id

    where proposed_plans.reason is null

),

-- a longer period takes in every month from its first on, until the last of them ends
proposed_periods as (

    select
        scenario_id,
        account_id,
        plan_id,
        interval_months,
        anchor_day,
        {{ add_months(
            'first_month',
            months_between('first_month', 'month')
            ~ ' - ' ~ months_between('first_month', 'month') ~ ' % interval_months'
        ) }} as month,
        min(service_start) as service_start,
        case when max(case when is_running then 1 else 0 end) = 0 then max(service_end) end
            as service_end

    from proposed_months

    group by
        scenario_id,
        account_id,
        plan_id,
        interval_months,
        anchor_day,
        {{ add_months(
            'first_month',
            months_between('first_month', 'month')
            ~ ' - ' ~ months_between('first_month', 'month') ~ ' % interval_months'
        ) }}

),

proposed_units as (

    select
        scenario_id,
        account_id,
        '' as contract_id,
        cast(null as varchar) as subscription_id,
        plan_id,
        interval_months,
        cast(null as decimal(19, 6)) as seats_committed,
        cast(null as decimal(38, 12)) as discount_ratio,
        month,
        {{ anchor_date('month', 'anchor_day') }} as period_start,
        {{ anchor_date(add_months('month', 'interval_months'), 'anchor_day') }} as period_end,
        service_start as covered_from,
        service_end as covered_to,
        true as is_aligned

    from proposed_periods

),

units as (

    select * from current_units

    union all

    select * from proposed_units

),

clipped as (

    select
        units.*,
        greatest(units.period_start, units.covered_from) as service_start,
        least(units.period_end, coalesce(units.covered_to, units.period_end)) as service_end

    from units

),

-- many units share few days, and to ask a time zone for one costs microseconds
days as (

    {% for day in ['period_start', 'period_end', 'service_start', 'service_end'] %}
    select {{ day }} as on_day from clipped
    {{ 'union distinct' if not loop.last }}
    {% endfor %}

),

midnights as (

    select
        days.on_day,
        {{ utc_time('days.on_day', 'settings.time_zone') }} as starts_at

    from days

    cross join settings

),

described as (

    select
        concat(
            clipped.scenario_id,
            chr(31),
            clipped.account_id,
            chr(31),
            clipped.contract_id,
            chr(31),
            cast(clipped.period_start as varchar)
        ) as unit_id,
        clipped.scenario_id,
        clipped.account_id,
        clipped.contract_id,
        clipped.subscription_id,
        clipped.plan_id,
        plans.currency,
        clipped.interval_months,
        coalesce(clipped.seats_committed, 0) as seats_committed,
        coalesce(clipped.discount_ratio, 0) as discount_ratio,
        clipped.month,
        clipped.period_start,
        clipped.period_end,
        clipped.service_start,
        clipped.service_end,
        clipped.covered_from,
        clipped.interval_months = 1 and clipped.is_aligned as is_one_anchor_month,
        period_starts.starts_at as period_start_at,
        period_ends.starts_at as period_end_at,
        service_starts.starts_at as service_start_at,
        service_ends.starts_at as service_end_at,
        plans.proration,
        plans.seat_basis,
        coalesce(plans.billable_roles, '') as billable_roles,
        plans.bill_suspended,
        plans.credit_on_removal

    from clipped

    inner join plans
        on clipped.plan_id = plans.plan_id

    inner join midnights as period_starts
        on clipped.period_start = period_starts.on_day

    inner join midnights as period_ends
        on clipped.period_end = period_ends.on_day

    inner join midnights as service_starts
        on clipped.service_start = service_starts.on_day

    inner join midnights as service_ends
        on clipped.service_end = service_ends.on_day

    where clipped.service_end > clipped.service_start

)

select * from described
