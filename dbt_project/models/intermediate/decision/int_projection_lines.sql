with

accounts as (

    select * from {{ ref('dim_accounts') }}
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

    select * from {{ ref('stg_charges') }}

),

-- timing and filter are the charge's, whichever version of its price is in force
terms as (

    select
        charge_id,
        max_by(timing, valid_from) as timing,
        max_by(actor_type, valid_from) as actor_type,
        max_by(pricing, valid_from) as pricing

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

described as (

    select
        based.account_id,
        based.scenario_id,
        based.currency,
        based.months,
        bill_lines.line_kind,
        bill_lines.charge_id,
        bill_lines.plan_id,
        bill_lines.meter,
        case
            when bill_lines.meter = 'credits' then 'credits:' || based.scenario_id
            when bill_lines.cause = 'seats' then 'seats'
            else bill_lines.meter
        end as trend_meter,
        coalesce(terms.actor_type, 'all') as actor_type,
        case
            when bill_lines.line_kind = 'discount' then 'discount'
            when bill_lines.line_kind in ('seat', 'usage') and bill_lines.billable is not null
                then 'metered'
            when bill_lines.line_kind in ('proration', 'credit') then 'scaled'
            when bill_lines.line_kind = 'invoiced' and bill_lines.cause = 'seats' then 'scaled'
            else 'fixed'
        end as behaviour,
        coalesce(
            terms.timing,
            case
                when bill_lines.cause in ('seats', 'platform') then 'advance'
                else 'arrears'
            end
        ) as timing,
        bill_lines.quantity,
        bill_lines.included,
        bill_lines.billable,
        case when terms.pricing = 'per_unit' then bill_lines.unit_price end as unit_price,
        bill_lines.amount

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

    left join terms
        on bill_lines.charge_id = terms.charge_id

    -- a cap on the rise ends, and minimum and maximum are the plan's: both are taken anew
    where bill_lines.line_kind not in ('grandfathering', 'minimum', 'cap')

),

summed as (

    select
        account_id,
        scenario_id,
        currency,
        months,
        behaviour,
        timing,
        charge_id,
        plan_id,
        trend_meter,
        actor_type,
        coalesce(sum(case when behaviour = 'metered' then quantity end), 0) as quantity,
        coalesce(sum(case when behaviour = 'metered' then included end), 0) as included,
        coalesce(sum(case when behaviour = 'metered' then billable end), 0) as billable,
        max(unit_price) as unit_price,
        sum(amount) as amount

    from described

    group by
        account_id,
        scenario_id,
        currency,
        months,
        behaviour,
        timing,
        charge_id,
        plan_id,
        trend_meter,
        actor_type

),

-- how much more than the quantity the billable part grows, for what is included stays
levered as (

    select
        account_id,
        scenario_id,
        row_number() over (
            partition by account_id, scenario_id
            order by charge_id, plan_id, trend_meter, actor_type, behaviour, timing
        ) as line_place,
        currency,
        cast(months as integer) as months,
        behaviour,
        timing,
        charge_id,
        plan_id,
        trend_meter,
        actor_type,
        cast(quantity as decimal(28, 6)) as quantity,
        cast(included as decimal(28, 6)) as included,
        unit_price,
        cast(amount as decimal(18, 4)) as amount,
        case
            when behaviour in ('fixed', 'discount') then cast(0 as decimal(18, 6))
            when behaviour = 'scaled' or quantity = billable then cast(1 as decimal(18, 6))
            when billable > 0 then {{ ratio('quantity', 'billable') }}
        end as leverage

    from summed

)

select * from levered
