with

units as (

    select * from {{ ref('int_rated_units') }}

),

unit_usage as (

    select * from {{ ref('int_unit_usage') }}
    where not is_measured

),

unit_activity as (

    select * from {{ ref('int_unit_activity') }}
    where reason is not null

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

ambiguous_meters as (

    select * from {{ ref('int_ambiguous_meters') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

rate_tables as (

    select * from {{ ref('stg_rate_tables') }}

),

quarantine_gaps as (

    select * from {{ ref('int_quarantine_gaps') }}
    where span = 'anchor' and basis <> 'invoices'

),

-- seats billed by activity that nobody can tell are no seats at zero: there is no bill
unknown_activity as (

    select
        units.account_id,
        anchor_months.month,
        units.scenario_id,
        unit_activity.reason

    from units

    inner join unit_activity
        on units.unit_id = unit_activity.unit_id

    inner join anchor_months
        on
            units.account_id = anchor_months.account_id
            and anchor_months.period_start < units.service_end
            and anchor_months.period_end > units.service_start

    where units.seat_basis = 'active'

),

uncounted_users as (

    select
        units.account_id,
        unit_usage.month,
        units.scenario_id,
        'no_user_ids' as reason

    from unit_usage

    inner join units
        on unit_usage.unit_id = units.unit_id

),

-- units that are rated over months of which too many rows are quarantined
unread_units as (

    select
        units.unit_id,
        units.account_id,
        units.scenario_id,
        units.plan_id,
        units.seat_basis,
        quarantine_gaps.month,
        quarantine_gaps.basis,
        quarantine_gaps.meter,
        quarantine_gaps.sentence

    from quarantine_gaps

    inner join anchor_months
        on
            quarantine_gaps.account_id = anchor_months.account_id
            and quarantine_gaps.month = anchor_months.month

    inner join units
        on
            quarantine_gaps.account_id = units.account_id
            and anchor_months.period_start < units.service_end
            and anchor_months.period_end > units.service_start

),

-- only what the plan bills by can be missing from its bill
unread as (

    select
        unread_units.account_id,
        unread_units.month,
        unread_units.scenario_id,
        case when unread_units.basis = 'seats' then 'seats_quarantined' else 'usage_quarantined' end
            as reason,
        unread_units.sentence

    from unread_units

    inner join charges
        on
            unread_units.unit_id = charges.unit_id
            and case unread_units.basis
                when 'usage' then charges.meter = unread_units.meter
                when 'activity'
                    then unread_units.seat_basis = 'active' and charges.meter = 'seats'
                else charges.meter = 'seats' or charges.included_per = 'seat'
            end

    union all

    select
        unread_units.account_id,
        unread_units.month,
        unread_units.scenario_id,
        'usage_quarantined' as reason,
        unread_units.sentence

    from unread_units

    inner join rate_tables
        on
            unread_units.plan_id = rate_tables.plan_id
            and unread_units.meter = rate_tables.meter

),

refused as (

    select
        account_id,
        month,
        'current' as scenario_id,
        'ambiguous_meter' as reason,
        cast(null as varchar) as sentence

    from ambiguous_meters

    union all

    select
        unknown_activity.*,
        cast(null as varchar) as sentence

    from unknown_activity

    union all

    select
        uncounted_users.*,
        cast(null as varchar) as sentence

    from uncounted_users

    union all

    select * from unread

),

ranked as (

    select
        *,
        row_number() over (
            partition by account_id, month, scenario_id
            order by
                case reason
                    when 'usage_quarantined' then 1
                    when 'ambiguous_meter' then 2
                    when 'seats_quarantined' then 3
                    else 4
                end,
                reason,
                sentence
        ) as reason_rank

    from refused

),

-- one reason is enough: first what can be mended in the exports, from which others may follow
described as (

    select
        account_id,
        month,
        scenario_id,
        reason,
        sentence

    from ranked
    where reason_rank = 1

)

select * from described
