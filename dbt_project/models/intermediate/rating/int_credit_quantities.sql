with

balances as (

    select * from {{ ref('int_wallet_balances') }}
    where at_zero = 'overage' and overage_unit_amount is null

),

charges as (

    select * from {{ ref('int_rated_charges') }}
    where meter = 'credits'

),

credit_usage as (

    select * from {{ ref('int_credit_usage') }}

),

unit_seats as (

    select * from {{ ref('int_unit_seats') }}

),

month_seats as (

    select * from {{ ref('int_month_seats') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- the wallet comes first, then the charge's own allowance
allowed as (

    select
        balances.wallet_number,
        balances.month_number,
        balances.unit_id,
        balances.month,
        balances.month_start,
        balances.month_end,
        balances.proration,
        balances.service_start as served_from,
        greatest(balances.service_start, charges.window_start) as service_start,
        least(balances.service_end, charges.window_end) as service_end,
        balances.demand,
        charges.charge_id,
        charges.window_start,
        charges.window_start > balances.service_start
        or charges.window_end < balances.service_end as is_cut,
        cast(
            balances.demand
            - balances.beyond
            + case
                when charges.included_per = 'seat'
                    then
                        charges.included_quantity
                        * coalesce(month_seats.basis_seats, unit_seats.basis_seats, 0)
                else charges.included_quantity
            end as decimal(28, 6)
        ) as allowance

    from balances

    inner join charges
        on
            balances.unit_id = charges.unit_id
            and balances.service_end > charges.window_start
            and balances.service_start < charges.window_end

    left join unit_seats
        on
            charges.unit_id = unit_seats.unit_id
            and charges.seat_rule = unit_seats.seat_rule

    left join month_seats
        on
            charges.unit_id = month_seats.unit_id
            and charges.seat_rule = month_seats.seat_rule
            and balances.month = month_seats.month

),

whole_months as (

    select
        allowed.*,
        demand as quantity,
        cast(null as decimal(28, 6)) as quantity_before

    from allowed
    where not is_cut

),

-- the month's credits run on through a change of price: what came before it has used up the wallet,
-- the allowance and the lower tiers
cut_sums as (

    select
        allowed.unit_id,
        allowed.charge_id,
        allowed.month,
        allowed.window_start,
        sum(
            case
                when
                    coalesce(credit_usage.part_start, allowed.served_from) < allowed.service_end
                    then credit_usage.credits
                else 0
            end
        ) as quantity,
        sum(
            case
                when
                    coalesce(credit_usage.part_start, allowed.served_from) < allowed.service_start
                    then credit_usage.credits
                else 0
            end
        ) as quantity_before

    from allowed

    inner join credit_usage
        on
            allowed.wallet_number = credit_usage.wallet_number
            and allowed.month_number = credit_usage.month_number

    where allowed.is_cut

    group by allowed.unit_id, allowed.charge_id, allowed.month, allowed.window_start

),

cut_months as (

    select
        allowed.*,
        cast(coalesce(cut_sums.quantity, 0) as decimal(28, 6)) as quantity,
        case
            when allowed.service_start > allowed.served_from
                then cast(coalesce(cut_sums.quantity_before, 0) as decimal(28, 6))
        end as quantity_before

    from allowed

    left join cut_sums
        on
            allowed.unit_id = cut_sums.unit_id
            and allowed.charge_id = cut_sums.charge_id
            and allowed.month = cut_sums.month
            and allowed.window_start = cut_sums.window_start

    where allowed.is_cut

),

parts as (

    select * from whole_months

    union all

    select * from cut_months

),

quantities as (

    select
        unit_id,
        charge_id,
        window_start,
        concat(
            charge_id,
            chr(31),
            cast(month as varchar),
            case when is_cut then concat(chr(31), cast(window_start as varchar)) else '' end
        ) as point_key,
        'usage' as line_kind,
        cast(null as varchar) as event_id,
        service_start,
        service_end,
        cast(quantity - coalesce(quantity_before, 0) as decimal(28, 6)) as quantity,
        cast(
            least(quantity, allowance)
            - least(coalesce(quantity_before, 0), allowance) as decimal(28, 6)
        ) as included,
        case
            when quantity_before is not null
                then cast(greatest(quantity_before - allowance, 0) as decimal(28, 6))
        end as billable_before,
        cast(greatest(quantity - allowance, 0) as decimal(28, 6)) as billable,
        cast(null as decimal(28, 6)) as tier_quantity,
        cast(null as integer) as level_number,
        1 as numerator,
        1 as denominator,
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
            when proration = 'by_second'
                then {{ local_seconds_between('month_start', 'month_end', 'settings.time_zone') }}
            else {{ prorated_days('proration', 'month_start', 'month_end') }}
        end as bound_denominator

    from parts

    cross join settings

)

select * from quantities
