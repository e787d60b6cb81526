with

bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where is_available and not is_provisional

),

grandfathered as (

    select
        account_id,
        scenario_id,
        month,
        sum(amount) as amount

    from {{ ref('fct_shadow_bill_lines') }}

    where line_kind = 'grandfathering'

    group by account_id, scenario_id, month

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

-- an anchor month that does not begin on the 1st is over a calendar month later
lags as (

    select
        account_id,
        max(case when extract(day from period_start) = 1 then 0 else 1 end) as lag_months

    from bills

    group by account_id

),

-- one rate for all months: exchange rates are not what is projected; a cap on the rise ends
converted as (

    select
        bills.account_id,
        bills.scenario_id,
        bills.segment,
        bills.currency,
        lags.lag_months,
        calendar_months.month_index,
        {{ converted_money(
            'bills.amount - coalesce(grandfathered.amount, 0)', 'month_rates.rate'
        ) }} as amount

    from bills

    inner join lags
        on bills.account_id = lags.account_id

    inner join calendar_months
        on bills.month = calendar_months.month

    cross join last_closed

    inner join month_rates
        on bills.currency = month_rates.currency and last_closed.month = month_rates.month

    left join grandfathered
        on
            bills.account_id = grandfathered.account_id
            and bills.scenario_id = grandfathered.scenario_id
            and bills.month = grandfathered.month

),

added as (

    select
        *,
        cast(
            sum(amount) over (
                partition by account_id, scenario_id, currency
                order by month_index
                rows between unbounded preceding and current row
            ) as decimal(18, 4)
        ) as amount_to_date

    from converted

),

-- sums of what lies between two months, where no month between them is missing
placed as (

    select
        account_id,
        scenario_id,
        segment,
        lag_months,
        month_index,
        amount,
        {% for ahead in [1, 2, 3, 4, 6, 7, 12, 13] %}
        lead(month_index, {{ ahead }}) over account_months as index_{{ ahead }},
        lead(amount_to_date, {{ ahead }}) over account_months as to_date_{{ ahead }},
        {% endfor %}
        amount_to_date,
        lag(month_index, 2) over account_months as third_index,
        lag(month_index, 5) over account_months as sixth_index,
        coalesce(lag(amount_to_date, 3) over account_months, 0) as before_recent,
        coalesce(lag(amount_to_date, 6) over account_months, 0) as before_earlier

    from added

    window
        account_months as (
            partition by account_id, scenario_id, currency order by month_index
        )

),

measured as (

    select
        account_id,
        scenario_id,
        segment,
        month_index + lag_months as origin_index,
        {% for ahead in [1, 3, 6, 12] %}
        cast(
            case
                when lag_months = 0 and index_{{ ahead }} = month_index + {{ ahead }}
                    then to_date_{{ ahead }} - amount_to_date
                when lag_months = 1 and index_{{ ahead + 1 }} = month_index + {{ ahead + 1 }}
                    then to_date_{{ ahead + 1 }} - to_date_1
            end as decimal(18, 4)
        ) as billed_{{ ahead }},
        {% endfor %}
        cast(amount_to_date - before_recent as decimal(18, 4)) as recent,
        case
            when sixth_index = month_index - 5
                then cast(before_recent - before_earlier as decimal(18, 4))
        end as earlier

    from placed

    where third_index = month_index - 2

),

-- the change of a month as a share of the mean of the last three; a bill that falls faster than a
-- trend of 12.5 months can carry would be below nothing
final as (

    select
        account_id,
        scenario_id,
        segment,
        cast(origin_index as integer) as origin_index,
        recent,
        earlier,
        {{ bill_growth('recent', 'earlier') }} as growth_ratio,
        billed_1,
        billed_3,
        billed_6,
        billed_12

    from measured

)

select * from final
