with

bills as (

    select * from {{ ref('int_bills') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

cohort_accounts as (

    select * from {{ ref('int_cohort_accounts') }}
    where age_months = 0 and version = 'subscription'

),

-- whole ten-thousandths, so that sums of squares stay exact
counted as (

    select
        bills.*,
        {{ months_between("date '2000-01-01'", 'month') }} as month_number,
        cast(bill * 10000 as {{ whole_number_type() }}) as units

    from bills

),

-- bills compare with those in their currency and interval; a month in two currencies with none
windowed as (

    select
        counted.*,
        count(*) over last_6 as bills_6,
        sum(units) over last_6 as units_6,
        sum(units * units) over last_6 as squares_6,
        count(*) over last_12 as bills_12,
        sum(units) over last_12 as units_12,
        sum(units * units) over last_12 as squares_12

    from counted

    window
        last_6 as (
            partition by
                account_id, scenario_id, currency, billing_interval, has_two_currencies
            order by month_number
            range between 5 preceding and current row
        ),
        last_12 as (
            partition by
                account_id, scenario_id, currency, billing_interval, has_two_currencies
            order by month_number
            range between 11 preceding and current row
        )

),

judged as (

    select
        windowed.*,
        case
            when has_two_currencies then 'two currencies'
            when bills_6 < 3 then 'fewer than 3 bills'
            when units_6 <= 0 then 'bills are not above 0'
        end as reason_6,
        case
            when has_two_currencies then 'two currencies'
            when bills_12 < 6 then 'fewer than 6 bills'
            when units_12 <= 0 then 'bills are not above 0'
        end as reason_12

    from windowed

),

described as (

    select
        judged.account_id,
        judged.month,
        judged.scenario_id,
        judged.segment,
        accounts.region,
        judged.plan_id,
        cohort_accounts.cohort_month,
        judged.currency,
        cast(judged.bill as decimal(18, 4)) as bill,
        cast(judged.bills_6 as bigint) as bills_6,
        case
            when judged.reason_6 is null
                then {{ variation(
                    'cast(judged.bills_6 as ' ~ whole_number_type() ~ ')',
                    'judged.units_6', 'judged.squares_6'
                ) }}
        end as variation_6,
        judged.reason_6,
        cast(judged.bills_12 as bigint) as bills_12,
        case
            when judged.reason_12 is null
                then {{ variation(
                    'cast(judged.bills_12 as ' ~ whole_number_type() ~ ')',
                    'judged.units_12', 'judged.squares_12'
                ) }}
        end as variation_12,
        judged.reason_12,
        judged.is_provisional

    from judged

    inner join accounts
        on judged.account_id = accounts.account_id

    left join cohort_accounts
        on judged.account_id = cohort_accounts.account_id

)

select * from described
