with

accounts as (

    select * from {{ ref('int_accounts') }}
    where is_active

),

bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where not is_provisional

),

bill_lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

charges as (

    select
        *,
        coalesce(valid_to, date '9999-12-31') as valid_before

    from {{ ref('stg_charges') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

contract_prices as (

    select
        *,
        coalesce(valid_to, date '9999-12-31') as valid_before

    from {{ ref('stg_contract_prices') }}
    where unit_amount is not null

),

steps as (

    select steps.* from ({{ tier_steps(ref('stg_tiers')) }}) as steps

),

-- timing and filter are the charge's, whichever version of its price is in force
terms as (

    select
        charge_id,
        max_by(timing, valid_from) as timing,
        max_by(actor_type, valid_from) as actor_type

    from charges

    group by charge_id

),

-- the last three closed months of the account, the same under every model
placed as (

    select
        bills.account_id,
        bills.scenario_id,
        bills.month,
        bills.currency,
        bills.is_available,
        dense_rank() over (partition by bills.account_id order by bills.month desc) as recency

    from bills

    inner join accounts
        on bills.account_id = accounts.account_id

),

-- one month in another currency, or without a bill, and there is nothing to project from
based as (

    select
        account_id,
        scenario_id,
        count(*) as months,
        max(currency) as currency

    from placed

    where recency <= 3

    group by account_id, scenario_id

    having
        count(*) = sum(case when is_available then 1 else 0 end)
        and min(currency) = max(currency)

),

billed as (

    select
        based.account_id,
        based.scenario_id,
        based.currency,
        based.months,
        bill_lines.month,
        bill_lines.line_number,
        bill_lines.line_kind,
        bill_lines.charge_id,
        bill_lines.plan_id,
        bill_lines.meter,
        bill_lines.cause,
        bill_lines.service_start,
        bill_lines.quantity,
        bill_lines.included,
        bill_lines.billable,
        bill_lines.amount,
        plans.minimum_amount is not null or plans.maximum_amount is not null as is_bounded,
        case plans.billing_interval when 'year' then 12 when 'quarter' then 3 else 1 end
            as interval_months

    from based

    inner join placed
        on
            based.account_id = placed.account_id
            and based.scenario_id = placed.scenario_id
            and placed.recency <= 3

    inner join bill_lines
        on
            placed.account_id = bill_lines.account_id
            and placed.scenario_id = bill_lines.scenario_id
            and placed.month = bill_lines.month

    left join plans
        on bill_lines.plan_id = plans.plan_id

    -- a cap on the rise ends
    where bill_lines.line_kind <> 'grandfathering'

),

-- the price of a line as its own month had it; one negotiated price stands for every tier
priced as (

    select
        billed.*,
        terms.timing,
        terms.actor_type,
        charges.valid_from,
        charges.package_size,
        charges.line_minimum,
        charges.line_maximum,
        case
            when
                contract_prices.unit_amount is not null
                and charges.pricing in ('graduated', 'volume')
                then 'per_unit'
            else charges.pricing
        end as pricing,
        coalesce(contract_prices.unit_amount, charges.unit_amount) as unit_amount,
        coalesce(charges.included_quantity, 0) as included_quantity,
        charges.included_per = 'seat' as is_included_per_seat,
        sum(case when billed.line_kind = 'seat' then billed.quantity end) over (
            partition by billed.account_id, billed.scenario_id, billed.month
        ) as seats,
        -- a seat's price is for its plan's interval, metered work is settled by the month
        case when billed.line_kind = 'seat' then billed.interval_months else 1 end as slices

    from billed

    left join terms
        on billed.charge_id = terms.charge_id

    left join charges
        on
            billed.charge_id = charges.charge_id
            and billed.service_start >= charges.valid_from
            and billed.service_start < charges.valid_before

    left join contract_prices
        on
            billed.account_id = contract_prices.account_id
            and billed.charge_id = contract_prices.charge_id
            and billed.service_start >= contract_prices.valid_from
            and billed.service_start < contract_prices.valid_before

),

-- where twice the quantity is not twice the amount, a line is rated anew
described as (

    select
        *,
        case
            when meter = 'credits' then 'credits:' || scenario_id
            when cause = 'seats' then 'seats'
            else meter
        end as trend_meter,
        case
            when line_kind = 'discount' then 'discount'
            when line_kind in ('minimum', 'cap') then 'bound'
            when
                line_kind in ('seat', 'usage')
                and meter <> 'credits'
                and pricing in ('per_unit', 'percentage', 'package', 'graduated', 'volume')
                and (
                    pricing not in ('per_unit', 'percentage')
                    or included_quantity > 0
                    or line_minimum is not null
                    or line_maximum is not null
                )
                then 'rated'
            when line_kind in ('seat', 'usage') and billable is not null then 'metered'
            when line_kind in ('proration', 'credit') then 'scaled'
            when line_kind = 'invoiced' and cause = 'seats' then 'scaled'
            else 'fixed'
        end as behaviour,
        coalesce(
            timing, case when cause in ('seats', 'platform') then 'advance' else 'arrears' end
        ) as line_timing

    from priced

),

summed as (

    select
        account_id,
        scenario_id,
        currency,
        months,
        case when is_bounded then month end as bound_month,
        behaviour,
        line_timing as timing,
        charge_id,
        plan_id,
        trend_meter,
        coalesce(actor_type, 'all') as actor_type,
        -- each line has tiers, packages and included quantities of its own
        case when behaviour = 'rated' then month end as rated_month,
        case when behaviour = 'rated' then line_number end as rated_number,
        max(case when behaviour = 'rated' then valid_from end) as valid_from,
        max(case when behaviour = 'rated' then pricing end) as pricing,
        max(case when behaviour = 'rated' or pricing = 'per_unit' then unit_amount end)
            as unit_price,
        max(case when behaviour = 'rated' then package_size end) as package_size,
        max(case when behaviour = 'rated' then line_minimum end) as line_minimum,
        max(case when behaviour = 'rated' then line_maximum end) as line_maximum,
        coalesce(
            bool_or(case when behaviour = 'rated' then is_included_per_seat end), false
        ) as is_included_per_seat,
        max(slices) as slices,
        coalesce(
            sum(case when behaviour in ('metered', 'rated') then quantity end), 0
        ) as quantity,
        -- a line shows what was used of its allowance: where nothing is billed, some may be left
        coalesce(
            sum(
                case
                    when behaviour = 'rated' and billable = 0
                        then
                            greatest(
                                included,
                                round(
                                    included_quantity
                                    * case when is_included_per_seat then seats else 1 end,
                                    6
                                )
                            )
                    when behaviour in ('metered', 'rated') then included
                end
            ),
            0
        ) as included,
        coalesce(
            sum(case when behaviour in ('metered', 'rated') then billable end), 0
        ) as billable,
        -- minimum and maximum are the plan's: they are taken anew
        sum(case when behaviour = 'bound' then 0 else amount end) as amount

    from described

    where behaviour <> 'bound' or is_bounded

    group by
        account_id,
        scenario_id,
        currency,
        months,
        case when is_bounded then month end,
        behaviour,
        line_timing,
        charge_id,
        plan_id,
        trend_meter,
        coalesce(actor_type, 'all'),
        case when behaviour = 'rated' then month end,
        case when behaviour = 'rated' then line_number end

),

-- what the line's own quantity costs by the price that its growth is rated by
stepped as (

    select
        summed.*,
        {{ charge_price(
            'summed.pricing', 'summed.billable', 'summed.unit_price', 'summed.package_size', 'steps'
        ) }} as full_price

    from summed

    left join steps
        on
            summed.charge_id = steps.charge_id
            and summed.valid_from = steps.valid_from
            and summed.pricing in ('graduated', 'volume')
            and {{ is_in_tier('summed.billable', 'steps') }}

),

-- of lines that are not rated anew: how much more than the quantity the billable part grows
levered as (

    select
        account_id,
        scenario_id,
        row_number() over (
            partition by account_id, scenario_id
            order by
                charge_id,
                plan_id,
                trend_meter,
                actor_type,
                behaviour,
                timing,
                bound_month,
                rated_month,
                rated_number
        ) as line_place,
        currency,
        cast(months as integer) as months,
        bound_month,
        behaviour,
        timing,
        charge_id,
        plan_id,
        trend_meter,
        actor_type,
        valid_from,
        pricing,
        unit_price,
        package_size,
        line_minimum,
        line_maximum,
        is_included_per_seat,
        cast(slices as integer) as slices,
        cast(quantity as decimal(28, 6)) as quantity,
        cast(included as decimal(28, 6)) as included,
        cast(amount as decimal(18, 4)) as amount,
        {{ bounded_price('full_price', 'line_minimum', 'line_maximum') }} as base_price,
        case
            when behaviour = 'rated' then null
            when behaviour in ('fixed', 'discount', 'bound') then cast(0 as decimal(18, 6))
            when behaviour = 'scaled' or quantity = billable then cast(1 as decimal(18, 6))
            when billable > 0 then {{ ratio('quantity', 'billable') }}
        end as leverage

    from stepped

)

select * from levered
