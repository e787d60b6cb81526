with

reopenings as (

    select * from {{ ref('int_outcome_reopenings') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

unit_usage as (

    select * from {{ ref('int_unit_usage') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

usage_contracts as (

    select * from {{ ref('int_usage_contracts') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where outcomes_only

),

placed as (

    select
        reopenings.account_id,
        usage_contracts.contract_id,
        reopenings.meter,
        reopenings.dimension,
        reopenings.actor_type,
        reopenings.quantity,
        case
            when
                reopenings.usage_date
                >= {{ anchor_date(month_of('reopenings.usage_date'), 'anchors.anchor_day') }}
                then {{ month_of('reopenings.usage_date') }}
            else {{ add_months(month_of('reopenings.usage_date'), '-1') }}
        end as work_month,
        case
            when
                reopenings.reopened_on
                >= {{ anchor_date(month_of('reopenings.reopened_on'), 'anchors.anchor_day') }}
                then {{ month_of('reopenings.reopened_on') }}
            else {{ add_months(month_of('reopenings.reopened_on'), '-1') }}
        end as reopened_month

    from reopenings

    inner join anchors
        on reopenings.account_id = anchors.account_id

    inner join usage_contracts
        on
            reopenings.account_id = usage_contracts.account_id
            and coalesce(reopenings.subscription_id, '') = usage_contracts.named_contract_id
            and reopenings.usage_date >= usage_contracts.valid_from
            and reopenings.usage_date < usage_contracts.valid_to

),

-- what each charge billed for the month of the work, and what of it was taken back when
matched as (

    select
        unit_usage.unit_id,
        unit_usage.charge_id,
        unit_usage.month as work_month,
        unit_usage.window_start,
        concat(
            unit_usage.charge_id,
            chr(31),
            cast(unit_usage.month as varchar),
            case
                when charges.is_cut
                    then concat(chr(31), cast(unit_usage.window_start as varchar))
                else ''
            end
        ) as work_point_key,
        unit_usage.quantity as billed_quantity,
        placed.reopened_month,
        sum(placed.quantity) as reopened_quantity

    from unit_usage

    inner join units
        on unit_usage.unit_id = units.unit_id

    inner join charges
        on
            unit_usage.unit_id = charges.unit_id
            and unit_usage.charge_id = charges.charge_id
            and unit_usage.window_start = charges.window_start

    inner join placed
        on
            units.account_id = placed.account_id
            and unit_usage.month = placed.work_month
            and charges.meter = placed.meter

    where
        (units.scenario_id <> 'current' or units.contract_id = placed.contract_id)
        and (charges.dimension is null or charges.dimension = placed.dimension)
        and (charges.actor_type is null or charges.actor_type = placed.actor_type)

    group by
        unit_usage.unit_id,
        unit_usage.charge_id,
        unit_usage.month,
        unit_usage.window_start,
        charges.is_cut,
        unit_usage.quantity,
        placed.reopened_month

),

-- where the price changed inside the month its last part, which counts the whole month, gives them
-- back
latest as (

    select
        matched.*,
        max(window_start) over (partition by unit_id, charge_id, work_month) as last_window_start

    from matched

),

running as (

    select
        latest.*,
        sum(reopened_quantity) over (
            partition by unit_id, charge_id, work_month
            order by reopened_month
            rows unbounded preceding
        ) as reopened_so_far

    from latest
    where window_start = last_window_start

),

credited as (

    select
        unit_id,
        charge_id,
        work_month,
        window_start,
        work_point_key,
        reopened_month,
        concat(
            charge_id,
            chr(31),
            cast(work_month as varchar),
            chr(31),
            'without reopened ',
            cast(reopened_month as varchar)
        ) as point_key,
        cast(reopened_quantity as decimal(28, 6)) as reopened_quantity,
        cast(greatest(billed_quantity - reopened_so_far, 0) as decimal(28, 6)) as quantity_after

    from running

)

select * from credited
