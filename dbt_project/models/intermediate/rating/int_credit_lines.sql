with

settled as (

    select * from {{ ref('int_settled_bills') }}

),

reopened as (

    select * from {{ ref('int_reopened_outcomes') }}

),

-- few lines are of work that was reopened, and two steps below look for each of them
charge_lines as (

    select * from {{ ref('int_charge_lines') }}
    where unit_id in (select reopened.unit_id from reopened)

),

units as (

    select * from {{ ref('int_rated_units') }}

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

-- each step is one bill less than the step before it
steps as (

    select
        unit_id,
        step_number,
        reopened_key,
        minor_units,
        cast(
            bill_amount - lag(bill_amount) over (partition by unit_id order by step_number)
            as decimal(18, 4)
        ) as amount

    from settled
    where
        unit_id in (
            select with_steps.unit_id from settled as with_steps
            where with_steps.step_number > 0
        )

),

described as (

    select
        steps.unit_id as work_unit_id,
        steps.amount,
        steps.minor_units,
        reopened.charge_id,
        reopened.work_month,
        reopened.reopened_month,
        reopened.reopened_quantity,
        charge_lines.charge_name,
        charge_lines.meter,
        charge_lines.billable - lag(charge_lines.billable, 1, work_lines.billable) over (
            partition by reopened.unit_id, reopened.work_point_key
            order by reopened.reopened_month
        ) as billable_change,
        charge_lines.unit_price,
        charge_lines.tier,
        charge_lines.price_version

    from steps

    inner join reopened
        on
            steps.unit_id = reopened.unit_id
            and steps.reopened_key = reopened.point_key

    inner join charge_lines
        on
            reopened.unit_id = charge_lines.unit_id
            and reopened.point_key = charge_lines.line_key

    inner join charge_lines as work_lines
        on
            reopened.unit_id = work_lines.unit_id
            and reopened.work_point_key = work_lines.line_key

),

-- where the contract has ended meanwhile, the last period takes the credit
placed as (

    select
        described.*,
        units.unit_id,
        units.account_id,
        units.service_start as unit_start,
        units.service_end as unit_end,
        row_number() over (
            partition by
                described.work_unit_id,
                described.charge_id,
                described.work_month,
                described.reopened_month
            order by units.service_start desc
        ) as unit_rank

    from described

    inner join units as work_units
        on described.work_unit_id = work_units.unit_id

    inner join units
        on
            work_units.scenario_id = units.scenario_id
            and work_units.account_id = units.account_id
            and work_units.contract_id = units.contract_id
            and described.reopened_month >= units.month

),

dated as (

    select
        placed.*,
        coalesce(anchor_months.period_start < placed.unit_end, false) as is_served,
        anchor_months.period_start,
        anchor_months.period_end

    from placed

    left join anchor_months
        on
            placed.account_id = anchor_months.account_id
            and placed.reopened_month = anchor_months.month

    where placed.unit_rank = 1

),

lines as (

    select
        unit_id,
        concat(
            charge_id,
            chr(31),
            cast(reopened_month as varchar),
            chr(31),
            cast(work_month as varchar)
        ) as line_key,
        charge_id,
        charge_name as line_name,
        'credit' as line_kind,
        meter,
        case when is_served then greatest(period_start, unit_start) else unit_start end
            as service_start,
        case
            when is_served then least(period_end, unit_end)
            else {{ add_days('unit_start', 1) }}
        end as service_end,
        cast(-reopened_quantity as decimal(28, 6)) as quantity,
        cast(-reopened_quantity - billable_change as decimal(28, 6)) as included,
        cast(billable_change as decimal(28, 6)) as billable,
        unit_price,
        tier,
        cast(amount as decimal(38, 12)) as exact_amount,
        amount,
        price_version,
        concat(
            {{ counted_text('reopened_quantity', 'outcome') }},
            ' of ',
            substr(cast(work_month as varchar), 1, 7),
            ' reopened after the window: without them that bill changes by ',
            {{ price_text('amount', 'minor_units') }},
            '.'
        ) as explanation

    from dated

)

select * from lines
