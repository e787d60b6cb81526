with

cohort_accounts as (

    select * from {{ ref('int_cohort_accounts') }}

),

described as (

    select
        account_id,
        version,
        cohort_month,
        age_months,
        month,
        segment,
        region,
        plan_id,
        currency,
        mrr_start,
        mrr,
        cast(mrr - mrr_start as decimal(18, 4)) as mrr_change,
        case
            when not is_retained then 'lost'
            when mrr > mrr_start then 'grown'
            when mrr < mrr_start then 'shrunk'
            else 'unchanged'
        end as movement,
        is_retained,
        is_mature

    from cohort_accounts

)

select * from described
