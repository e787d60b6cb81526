with

unit_lines as (

    select * from {{ ref('int_unit_lines') }}

),

reopened as (

    select * from {{ ref('int_reopened_outcomes') }}

),

-- few lines are of work that was reopened, and two steps below look for each of them
charge_lines as (

    select * from {{ ref('int_charge_lines') }}
    where unit_id in (select reopened.unit_id from reopened)

),

discounts as (

    select * from {{ ref('int_unit_discounts') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

-- most lines have no discount, and to reckon with wide ratios costs more than to ask
discounted_lines as (

    select
        unit_lines.unit_id,
        unit_lines.amount,
        case
            when unit_lines.contract_discount_ratio = 0 and discounts.ratio is null
                then cast(0 as decimal(18, 9))
            else
                -- a sum of narrower ratios stays within 64 bits
                least(
                    cast(unit_lines.contract_discount_ratio as decimal(17, 9))
                    + cast(coalesce(discounts.ratio, 0) as decimal(17, 9)),
                    cast(1 as decimal(18, 9))
                )
        end as discount_ratio

    from unit_lines

    left join discounts
        on unit_lines.unit_id = discounts.unit_id

),

line_totals as (

    select
        unit_id,
        -- wider sums would take scale from what they are later held against
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum({{ exact_product('amount', 'discount_ratio') }}) as decimal(38, 12)) as discounted

    from discounted_lines
    group by unit_id

),

-- every unit of a plan with a minimum is there, even one without a line
as_billed as (

    select
        units.unit_id,
        coalesce(line_totals.amount, 0) as amount,
        coalesce(line_totals.discounted, 0) as discounted

    from units

    left join line_totals
        on units.unit_id = line_totals.unit_id

),

-- what a line becomes without the outcomes that were reopened by the end of a month
reopened_lines as (

    select
        reopened.unit_id,
        reopened.point_key,
        reopened.reopened_month,
        cast(
            charge_lines.amount - lag(charge_lines.amount, 1, work_lines.amount) over (
                partition by reopened.unit_id, reopened.work_point_key
                order by reopened.reopened_month
            ) as decimal(18, 4)
        ) as change,
        least(charge_lines.contract_discount_ratio + coalesce(discounts.ratio, 0), 1)
            as discount_ratio

    from reopened

    inner join charge_lines
        on
            reopened.unit_id = charge_lines.unit_id
            and reopened.point_key = charge_lines.line_key

    inner join charge_lines as work_lines
        on
            reopened.unit_id = work_lines.unit_id
            and reopened.work_point_key = work_lines.line_key

    left join discounts
        on reopened.unit_id = discounts.unit_id

),

steps as (

    select
        unit_id,
        point_key,
        row_number() over (partition by unit_id order by reopened_month, point_key)
            as step_number,
        cast(
            sum(change) over (
                partition by unit_id
                order by reopened_month, point_key
                rows unbounded preceding
            ) as decimal(18, 4)
        ) as change,
        cast(
            sum({{ exact_product('change', 'discount_ratio') }}) over (
                partition by unit_id
                order by reopened_month, point_key
                rows unbounded preceding
            ) as decimal(38, 12)
        ) as discount_change

    from reopened_lines

),

totals as (

    select
        unit_id,
        0 as step_number,
        cast(null as varchar) as reopened_key,
        cast(amount as decimal(18, 4)) as amount,
        cast(discounted as decimal(38, 12)) as discounted

    from as_billed

    union all

    select
        steps.unit_id,
        steps.step_number,
        steps.point_key as reopened_key,
        cast(as_billed.amount + steps.change as decimal(18, 4)) as amount,
        cast(as_billed.discounted + steps.discount_change as decimal(38, 12)) as discounted

    from steps

    inner join as_billed
        on steps.unit_id = as_billed.unit_id

)

select * from totals
