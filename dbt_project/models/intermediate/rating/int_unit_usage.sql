with

units as (

    select * from {{ ref('int_rated_units') }}

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter not in ('seats', 'flat', 'credits')

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

usage_months as (

    select * from {{ ref('int_usage_months') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

measured_usage as (

    select * from {{ ref('int_measured_usage') }}

),

usage_contracts as (

    select * from {{ ref('int_usage_contracts') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- metered work is settled by the anchor month, whatever the plan's own interval; a month belongs to
-- the one period in which it starts
unit_months as (

    select
        units.unit_id,
        units.scenario_id,
        units.account_id,
        units.contract_id,
        case when units.scenario_id = 'current' then 'contract' else 'account' end as scope,
        units.proration,
        anchor_months.month,
        anchor_months.period_start,
        anchor_months.period_end,
        greatest(anchor_months.period_start, units.service_start) as service_start,
        least(anchor_months.period_end, units.service_end) as service_end

    from units

    inner join anchor_months
        on
            units.account_id = anchor_months.account_id
            and greatest(anchor_months.period_start, units.covered_from) >= units.service_start
            and greatest(anchor_months.period_start, units.covered_from) < units.service_end
            and anchor_months.period_end > units.service_start

    -- a long period of a proposal may reach over months without any contract
    inner join current_plans
        on
            anchor_months.account_id = current_plans.account_id
            and anchor_months.month = current_plans.month

),

-- the current model counts work under its contract; a proposal sees them all as one
scoped_usage as (

    select
        'contract' as scope,
        usage_months.account_id,
        usage_months.contract_id,
        usage_months.month,
        usage_months.meter,
        usage_months.dimension,
        usage_months.actor_type,
        usage_months.quantity,
        usage_months.outcome_quantity,
        usage_months.event_count

    from usage_months

    union all

    select
        'account' as scope,
        usage_months.account_id,
        '' as contract_id,
        usage_months.month,
        usage_months.meter,
        usage_months.dimension,
        usage_months.actor_type,
        usage_months.quantity,
        usage_months.outcome_quantity,
        usage_months.event_count

    from usage_months

),

-- a price that changes inside a month cuts it in two
charged_months as (

    select
        unit_months.unit_id,
        unit_months.scope,
        unit_months.account_id,
        unit_months.contract_id,
        unit_months.month,
        unit_months.period_start,
        unit_months.period_end,
        unit_months.service_start as month_start,
        unit_months.service_end as month_end,
        unit_months.proration,
        greatest(unit_months.service_start, charges.window_start) as service_start,
        least(unit_months.service_end, charges.window_end) as service_end,
        charges.charge_id,
        charges.window_start,
        charges.valid_from,
        charges.meter,
        charges.dimension,
        charges.actor_type,
        charges.outcomes_only,
        charges.aggregation,
        charges.aggregation in ('sum', 'count') as is_added_up,
        -- a flat price has no quantity to run on: like a level it is shared by days
        charges.pricing = 'flat' as is_flat,
        charges.window_start > unit_months.service_start
        or charges.window_end < unit_months.service_end as is_cut

    from unit_months

    inner join charges
        on
            unit_months.unit_id = charges.unit_id
            and unit_months.service_end > charges.window_start
            and unit_months.service_start < charges.window_end

),

-- an inner join first: an outer one with an `or` in it compares every row with every row
summed_months as (

    select
        charged_months.unit_id,
        charged_months.charge_id,
        charged_months.window_start,
        charged_months.month,
        sum(
            case
                when charged_months.outcomes_only then scoped_usage.outcome_quantity
                when charged_months.aggregation = 'count' then scoped_usage.event_count
                else scoped_usage.quantity
            end
        ) as quantity

    from charged_months

    inner join scoped_usage
        on
            charged_months.scope = scoped_usage.scope
            and charged_months.account_id = scoped_usage.account_id
            and charged_months.contract_id = scoped_usage.contract_id
            and charged_months.month = scoped_usage.month
            and charged_months.meter = scoped_usage.meter

    where
        charged_months.is_added_up
        and not charged_months.is_cut
        and (charged_months.dimension is null or charged_months.dimension = scoped_usage.dimension)
        and (
            charged_months.actor_type is null
            or charged_months.actor_type = scoped_usage.actor_type
        )

    group by
        charged_months.unit_id,
        charged_months.charge_id,
        charged_months.window_start,
        charged_months.month

),

-- the parts of a cut month count the days up to their own end, from the first day that the charge
-- prices; what follows the last part is the last part's
cut_months as (

    select
        charged_months.*,
        case
            when min(service_start) over (partition by unit_id, charge_id, month) = month_start
                then period_start
            else min(service_start) over (partition by unit_id, charge_id, month)
        end as counted_from,
        case when service_end = month_end then period_end else service_end end as counted_to,
        service_start > min(service_start) over (partition by unit_id, charge_id, month)
            as is_later

    from charged_months
    where is_added_up and is_cut

),

cut_usage as (

    select
        cut_months.unit_id,
        cut_months.charge_id,
        cut_months.window_start,
        cut_months.month,
        cut_months.is_later,
        usage_daily.usage_date < cut_months.service_start as is_before,
        case
            when cut_months.outcomes_only then usage_daily.outcome_quantity
            when cut_months.aggregation = 'count' then usage_daily.event_count
            else usage_daily.quantity
        end as quantity

    from cut_months

    inner join usage_daily
        on
            cut_months.account_id = usage_daily.account_id
            and cut_months.meter = usage_daily.meter
            and cut_months.counted_from <= usage_daily.usage_date
            and cut_months.counted_to > usage_daily.usage_date

    inner join usage_contracts
        on
            usage_daily.account_id = usage_contracts.account_id
            and coalesce(usage_daily.subscription_id, '') = usage_contracts.named_contract_id
            and usage_daily.usage_date >= usage_contracts.valid_from
            and usage_daily.usage_date < usage_contracts.valid_to

    where
        (
            cut_months.scope = 'account'
            or cut_months.contract_id = usage_contracts.contract_id
        )
        and (cut_months.dimension is null or cut_months.dimension = usage_daily.dimension)
        and (cut_months.actor_type is null or cut_months.actor_type = usage_daily.actor_type)

),

cut_sums as (

    select
        unit_id,
        charge_id,
        window_start,
        month,
        sum(quantity) as quantity,
        sum(case when is_before then quantity else 0 end) as quantity_before

    from cut_usage
    group by unit_id, charge_id, window_start, month

),

-- a month without work is a line over nothing
completed as (

    select
        charged_months.unit_id,
        charged_months.charge_id,
        charged_months.window_start,
        charged_months.month,
        charged_months.service_start,
        charged_months.service_end,
        cast(coalesce(summed_months.quantity, 0) as decimal(28, 6)) as quantity,
        cast(null as decimal(28, 6)) as quantity_before,
        false as is_cut,
        charged_months.month_start,
        charged_months.month_end,
        charged_months.period_start,
        charged_months.period_end,
        charged_months.proration,
        false as is_level,
        true as is_measured

    from charged_months

    left join summed_months
        on
            charged_months.unit_id = summed_months.unit_id
            and charged_months.charge_id = summed_months.charge_id
            and charged_months.window_start = summed_months.window_start
            and charged_months.month = summed_months.month

    where charged_months.is_added_up and not charged_months.is_cut

    union all

    select
        cut_months.unit_id,
        cut_months.charge_id,
        cut_months.window_start,
        cut_months.month,
        cut_months.service_start,
        cut_months.service_end,
        cast(coalesce(cut_sums.quantity, 0) as decimal(28, 6)) as quantity,
        case
            when cut_months.is_later and not cut_months.is_flat
                then cast(coalesce(cut_sums.quantity_before, 0) as decimal(28, 6))
        end as quantity_before,
        true as is_cut,
        cut_months.month_start,
        cut_months.month_end,
        cut_months.period_start,
        cut_months.period_end,
        cut_months.proration,
        cut_months.is_flat as is_level,
        true as is_measured

    from cut_months

    left join cut_sums
        on
            cut_months.unit_id = cut_sums.unit_id
            and cut_months.charge_id = cut_sums.charge_id
            and cut_months.window_start = cut_sums.window_start
            and cut_months.month = cut_sums.month

    union all

    select
        charged_months.unit_id,
        charged_months.charge_id,
        charged_months.window_start,
        charged_months.month,
        charged_months.service_start,
        charged_months.service_end,
        cast(coalesce(measured_usage.quantity, 0) as decimal(28, 6)) as quantity,
        cast(null as decimal(28, 6)) as quantity_before,
        charged_months.is_cut,
        charged_months.month_start,
        charged_months.month_end,
        charged_months.period_start,
        charged_months.period_end,
        charged_months.proration,
        true as is_level,
        measured_usage.month is null or measured_usage.quantity is not null as is_measured

    from charged_months

    left join measured_usage
        on
            charged_months.scope = measured_usage.scope
            and charged_months.account_id = measured_usage.account_id
            and charged_months.contract_id = measured_usage.contract_id
            and charged_months.charge_id = measured_usage.charge_id
            and charged_months.valid_from = measured_usage.valid_from
            and charged_months.month = measured_usage.month

    where not charged_months.is_added_up

),

-- a level counts for the days of its part; a charge's bounds follow the days that are charged
shared as (

    select
        unit_id,
        charge_id,
        window_start,
        month,
        service_start,
        service_end,
        quantity,
        quantity_before,
        is_measured,
        case
            when is_level and is_cut then {{ days_between('service_start', 'service_end') }}
            else 1
        end as numerator,
        case
            when is_level and is_cut then {{ days_between('month_start', 'month_end') }}
            else 1
        end as denominator,
        case
            when proration = 'none' and not is_cut then 1
            when proration = 'by_second'
                then {{ local_seconds_between(
                    'service_start', 'service_end', 'settings.time_zone'
                ) }}
            else {{ prorated_days('proration', 'service_start', 'service_end') }}
        end as bound_numerator,
        case
            when proration = 'none' and not is_cut then 1
            when proration = 'none' then {{ days_between('month_start', 'month_end') }}
            when proration = 'by_second'
                then {{ local_seconds_between('period_start', 'period_end', 'settings.time_zone') }}
            else {{ prorated_days('proration', 'period_start', 'period_end') }}
        end as bound_denominator

    from completed

    cross join settings

)

select * from shared
