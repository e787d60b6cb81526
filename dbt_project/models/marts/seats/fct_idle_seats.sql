{% set bands = ['unheld', 'never_active', 'idle_30', 'idle_60', 'idle_90'] %}

with

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

end_seats as (

    select * from {{ ref('int_end_seats') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

banded as (

    {% for band in bands %}

    select
        account_id,
        month,
        '{{ band }}' as band,
        {{ band }}_seats as seats

    from end_seats

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

joined as (

    select
        banded.account_id,
        banded.month,
        banded.band,
        utilization.segment,
        accounts.region,
        utilization.plan_id,
        utilization.currency,
        utilization.seat_price,
        utilization.is_provisional,
        utilization.reason,
        month_rates.rate,
        currencies.minor_units,
        case when utilization.reason is null then banded.seats end as seats

    from banded

    inner join utilization
        on
            banded.account_id = utilization.account_id
            and banded.month = utilization.month

    inner join accounts
        on banded.account_id = accounts.account_id

    left join month_rates
        on
            utilization.currency = month_rates.currency
            and utilization.month = month_rates.month

    left join currencies
        on utilization.currency = currencies.currency

),

priced as (

    select
        joined.*,
        {{ seats_price('seats', 'seat_price') }}
            as exact_amount

    from joined

),

converted as (

    select
        priced.*,
        {{ converted('exact_amount', 'rate') }} as converted_amount

    from priced

),

described as (

    select
        account_id,
        month,
        band,
        segment,
        region,
        plan_id,
        currency,
        cast(seats as decimal(19, 6)) as seats,
        {{ round_money('exact_amount', 'minor_units') }} as amount,
        {{ rounded_amount('converted_amount') }} as amount_reporting,
        is_provisional,
        case
            when reason is not null then reason
            when seat_price is null then 'no one price of a seat'
            when rate is null then 'no exchange rate in force'
        end as reason

    from converted

)

select * from described
