with

recurring_lines as (

    select * from {{ ref('int_recurring_lines') }}
    where is_usage and basis = 'today'

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

numbers as (

    select span.n
    from (
        {{ numbers_below('(select coalesce(max(month_count), 0) from recurring_lines)') }}
    ) as span

),

-- usage is billed in arrears: a line counts in the month of its last day, a quarter's in the three
-- months up to it
shares as (

    select
        recurring_lines.account_id,
        recurring_lines.contract_key,
        recurring_lines.currency,
        {{ add_months(
            month_of(add_days('recurring_lines.service_end', '-1')), '-numbers.n'
        ) }} as month,
        recurring_lines.monthly_amount

    from recurring_lines

    inner join numbers
        on numbers.n < recurring_lines.month_count

),

totals as (

    select
        account_id,
        contract_key,
        currency,
        month,
        cast(sum(monthly_amount) as decimal(38, 12)) as amount

    from shares
    group by account_id, contract_key, currency, month

),

firsts as (

    select
        account_id,
        contract_key,
        currency,
        min(month) as first_month

    from totals
    group by account_id, contract_key, currency

),

-- metered service that began before the month of its first charge has that charge's rate
begun as (

    select
        firsts.account_id,
        firsts.contract_key,
        firsts.currency,
        month_closes.month,
        totals.amount as monthly_amount

    from firsts

    inner join (
        select
            account_id,
            contract_key,
            currency,
            min(service_start) as service_start

        from recurring_lines
        group by account_id, contract_key, currency
    ) as services
        on
            firsts.account_id = services.account_id
            and firsts.contract_key = services.contract_key
            and firsts.currency = services.currency

    inner join month_closes
        on
            services.service_start <= month_closes.measured_on
            and firsts.first_month > month_closes.month

    inner join totals
        on
            firsts.account_id = totals.account_id
            and firsts.contract_key = totals.contract_key
            and firsts.currency = totals.currency
            and firsts.first_month = totals.month

),

-- a month without usage since the first charge counts as zero in the average
filled as (

    select
        firsts.account_id,
        firsts.contract_key,
        firsts.currency,
        month_closes.month,
        month_closes.is_provisional,
        coalesce(totals.amount, 0) as amount,
        row_number() over (
            partition by firsts.account_id, firsts.contract_key, firsts.currency
            order by month_closes.month
        ) as month_number

    from firsts

    inner join month_closes
        on firsts.first_month <= month_closes.month

    left join totals
        on
            firsts.account_id = totals.account_id
            and firsts.contract_key = totals.contract_key
            and firsts.currency = totals.currency
            and month_closes.month = totals.month

),

means as (

    select
        account_id,
        contract_key,
        currency,
        month,
        is_provisional,
        {{ exact_ratio(
            'cast(sum(amount) over three_months as decimal(38, 12))',
            '1',
            'least(month_number, 3)'
        ) }} as mean_amount

    from filled

    window three_months as (
        partition by account_id, contract_key, currency
        order by month
        rows between 2 preceding and current row
    )

),

-- usage of a month that is not over is not billed yet: the previous average applies
settled as (

    select
        account_id,
        contract_key,
        currency,
        month,
        case
            when is_provisional
                then
                    coalesce(
                        lag(mean_amount) over (
                            partition by account_id, contract_key, currency
                            order by month
                        ),
                        mean_amount
                    )
            else mean_amount
        end as monthly_amount

    from means

    union all

    select
        account_id,
        contract_key,
        currency,
        month,
        monthly_amount

    from begun

)

select * from settled
