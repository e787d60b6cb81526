{# ratios beside the threshold's at which the rate is told, too, in hundredths #}
{% set sensitivities = [20, 30, 50] %}

with

bills as (

    select * from {{ ref('int_bills') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

limits as (

    select
        segment,
        max(case when name = 'shock_increase_ratio' then fires_at end) as least_ratio,
        max(case when name = 'shock_increase_amount' then fires_at end) as least_amount,
        max(case when name = 'shock_explained_ratio' then fires_at end) as explained_ratio

    from thresholds
    group by segment

),

priced as (

    select
        bills.*,
        net_seat_amount + net_flat_amount as flat_and_seat_amount

    from bills

),

-- bills compare with earlier ones in their currency and interval; one in two currencies with none
preceded as (

    select
        priced.*,
        lag(plan_id) over comparable as last_plan_id,
        lag(net_seat_amount) over comparable as last_seat_amount,
        lag(net_flat_amount) over comparable as last_flat_amount,
        {{ bills_before('bill') }},
        {{ bills_before('seat_units') }},
        {{ bills_before('flat_units') }},
        {{ bills_before('flat_and_seat_amount') }}

    from priced

    window
        comparable as (
            partition by
                account_id, scenario_id, currency, billing_interval, has_two_currencies
            order by month
        )

),

based as (

    select
        preceded.*,
        seat_units_1 as last_seat_units,
        flat_units_1 as last_flat_units,
        {{ median_before('bill') }} as median_bill,
        {{ median_before('seat_units') }} as median_seat_units,
        {{ median_before('flat_units') }} as median_flat_units,
        {{ median_before('flat_and_seat_amount') }} as median_ordered_amount

    from preceded

),

compared as (

    select
        based.*,
        limits.least_ratio,
        limits.least_amount,
        limits.explained_ratio,
        month_rates.rate,
        seat_units - median_seat_units as seat_change,
        flat_units - median_flat_units as flat_change,
        -- where there was no seat before, at the price that they have
        case when last_seat_units > 0 then last_seat_amount else net_seat_amount end
            as seat_price_amount,
        case when last_seat_units > 0 then last_seat_units else seat_units end as seat_price_units,
        case when last_flat_units > 0 then last_flat_amount else net_flat_amount end
            as flat_price_amount,
        case when last_flat_units > 0 then last_flat_units else flat_units end as flat_price_units,
        case
            when median_bill > 0 and not has_two_currencies
                then cast(round(median_bill, 4) as decimal(18, 4))
        end as baseline

    from based

    inner join limits
        on based.segment = limits.segment

    left join month_rates
        on
            based.currency = month_rates.currency
            and based.month = month_rates.month

),

repriced as (

    select
        compared.*,
        {{ units_at_price('seat_change', 'seat_price_amount', 'seat_price_units') }}
            as seat_change_amount,
        {{ units_at_price('flat_change', 'flat_price_amount', 'flat_price_units') }}
            as flat_change_amount

    from compared

),

-- what the customer ordered: other seats at the price they had, or another plan with all that
-- its seats and flat charges cost more
ordered as (

    select
        repriced.*,
        cast(bill - baseline as decimal(18, 4)) as increase_amount,
        case
            when plan_id <> last_plan_id
                then net_seat_amount + net_flat_amount - median_ordered_amount
            else
                coalesce({{ rounded_amount('seat_change_amount') }}, 0)
                + coalesce({{ rounded_amount('flat_change_amount') }}, 0)
        end as ordered_amount

    from repriced

),

explained as (

    select
        ordered.*,
        {{ converted_money('increase_amount', 'rate') }} as increase_reporting,
        case
            when increase_amount is null then null
            else least(greatest(ordered_amount, 0), greatest(increase_amount, 0))
        end as explained_amount

    from ordered

),

-- thresholds are held against exact products, never against a rounded ratio
judged as (

    select
        explained.*,
        case
            when increase_reporting is not null
                then
                    increase_amount >= cast(baseline as decimal(20, 4)) * least_ratio
                    and increase_reporting >= least_amount
        end as is_jump,
        {% for share in sensitivities %}
        case
            when increase_reporting is not null
                then
                    increase_amount >= cast(baseline as decimal(20, 4)) * 0.{{ share }}
                    and increase_reporting >= least_amount
        end as is_jump_{{ share }},
        {% endfor %}
        explained_amount < cast(increase_amount as decimal(20, 4)) * explained_ratio
            as is_unexplained

    from explained

),

shocks as (

    select
        account_id,
        month,
        scenario_id,
        segment,
        region,
        plan_id,
        currency,
        cast(bill as decimal(18, 4)) as bill,
        cast(baseline as decimal(18, 4)) as baseline,
        increase_amount,
        increase_reporting,
        {{ ratio('increase_amount', 'baseline') }} as increase_ratio,
        case when increase_amount is not null then cast(ordered_amount as decimal(18, 4)) end
            as ordered_amount,
        cast(explained_amount as decimal(18, 4)) as explained_amount,
        is_jump,
        is_jump and is_unexplained as is_shock,
        {% for share in sensitivities %}
        is_jump_{{ share }},
        is_jump_{{ share }} and is_unexplained as is_shock_{{ share }},
        {% endfor %}
        case
            when has_two_currencies then 'two_currencies'
            when baseline is null then 'no_baseline'
            when increase_reporting is null then 'no_rate'
        end as reason,
        is_provisional

    from judged

)

select * from shocks
