with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

attributes as (

    select * from {{ ref('int_account_attributes') }}

),

cohorts as (

    select
        account_id,
        version,
        min(month) as cohort_month

    from account_mrr
    where closing > 0
    group by account_id, version

),

-- the account's attributes are those at the close of the cohort's month
frozen as (

    select
        cohorts.account_id,
        cohorts.version,
        cohorts.cohort_month,
        attributes.segment,
        attributes.region,
        attributes.plan_id,
        attributes.currency

    from cohorts

    inner join attributes
        on
            cohorts.account_id = attributes.account_id
            and cohorts.cohort_month = attributes.month

),

-- currencies are converted at the rate of the cohort's first month, so a change of rate is neither
-- growth nor loss; if that month has none, at the first later rate
constant_rates as (

    select
        cohort_months.cohort_month,
        month_rates.currency,
        min_by(month_rates.rate, month_rates.month) as rate

    from (select distinct frozen.cohort_month from frozen) as cohort_months

    inner join month_rates
        on cohort_months.cohort_month <= month_rates.month

    group by cohort_months.cohort_month, month_rates.currency

),

ages as (

    select
        frozen.account_id,
        frozen.version,
        frozen.cohort_month,
        frozen.segment,
        frozen.region,
        frozen.plan_id,
        frozen.currency,
        month_closes.month,
        {{ months_between('frozen.cohort_month', 'month_closes.month') }} as age_months,
        not month_closes.is_provisional as is_mature

    from frozen

    inner join month_closes
        on frozen.cohort_month <= month_closes.month

),

-- negative MRR in a currency counts as zero here, as do currencies without a rate
converted as (

    select
        ages.account_id,
        ages.version,
        ages.cohort_month,
        ages.segment,
        ages.region,
        ages.plan_id,
        ages.currency,
        ages.month,
        ages.age_months,
        ages.is_mature,
        max(case when account_mrr.closing > 0 then 1 else 0 end) as is_retained,
        cast(
            coalesce(
                sum(
                    case
                        when account_mrr.closing > 0
                            then {{ converted_money('account_mrr.closing', 'constant_rates.rate') }}
                    end
                ),
                0
            ) as decimal(18, 4)
        ) as mrr

    from ages

    left join account_mrr
        on
            ages.account_id = account_mrr.account_id
            and ages.version = account_mrr.version
            and ages.month = account_mrr.month

    left join constant_rates
        on
            ages.cohort_month = constant_rates.cohort_month
            and account_mrr.currency = constant_rates.currency

    group by
        ages.account_id,
        ages.version,
        ages.cohort_month,
        ages.segment,
        ages.region,
        ages.plan_id,
        ages.currency,
        ages.month,
        ages.age_months,
        ages.is_mature

),

started as (

    select
        account_id,
        version,
        cohort_month,
        segment,
        region,
        plan_id,
        currency,
        month,
        age_months,
        is_mature,
        is_retained = 1 as is_retained,
        mrr,
        max(case when age_months = 0 then mrr end) over (partition by account_id, version)
            as mrr_start

    from converted

)

select * from started
