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

refused as (

    select
        account_id,
        month,
        'current' as scenario_id,
        'ambiguous_meter' as reason

    from ambiguous_meters

    union all

    select * from unknown_activity

    union all

    select * from uncounted_users

),

-- one reason is enough
described as (

    select
        account_id,
        month,
        scenario_id,
        min(reason) as reason

    from refused

    group by account_id, month, scenario_id

)

select * from described
