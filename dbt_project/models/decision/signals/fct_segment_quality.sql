with

account_months as (

    select * from {{ ref('int_account_months') }}

),

accuracy as (

    select * from {{ ref('int_account_accuracy') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

segment_months as (

    select * from {{ ref('int_segment_months') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

known_rows as (

    select * from {{ ref('stg_known_rows') }}

),

-- rows that reached the warehouse out of rows that told something new
loads as (

    select
        {{ ratio('sum(kept)', 'sum(kept + held)') }} as loaded_share

    from known_rows

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

-- accounts of several currencies weigh by one; accuracy is a fact of the whole history
converted as (

    select
        accuracy.account_id,
        accounts.segment,
        accuracy.matched_amount * month_rates.rate as matched_amount,
        accuracy.compared_amount * month_rates.rate as compared_amount

    from accuracy

    inner join accounts
        on accuracy.account_id = accounts.account_id

    cross join last_closed

    inner join month_rates
        on accounts.currency = month_rates.currency and last_closed.month = month_rates.month

),

accurate as (

    select
        segments.segment,
        {{ ratio('sum(converted.matched_amount)', 'sum(converted.compared_amount)') }}
            as accuracy

    from converted

    inner join segments
        on segments.segment in ('all', converted.segment)

    group by segments.segment

),

-- revenue whose current bill is the invoice, because re-rating it did not agree
invoiced as (

    select
        segments.segment,
        account_months.month,
        sum(account_months.mrr) as mrr

    from account_months

    inner join accuracy
        on
            account_months.account_id = accuracy.account_id
            and accuracy.current_basis = 'invoiced'

    inner join segments
        on segments.segment in ('all', account_months.segment)

    where account_months.mrr > 0

    group by segments.segment, account_months.month

),

described as (

    select
        segment_months.segment,
        segment_months.month,
        cast(segment_months.active_accounts as bigint) as active_accounts,
        cast(segment_months.mrr as decimal(38, 4)) as mrr,
        case
            when segment_months.mrr_positive > 0
                then {{ ratio('coalesce(invoiced.mrr, 0)', 'segment_months.mrr_positive') }}
        end as invoiced_share,
        case
            when segment_months.mrr_positive > 0
                then {{ ratio('segment_months.mrr_complete', 'segment_months.mrr_positive') }}
        end as coverage,
        accurate.accuracy,
        cast(coalesce(loads.loaded_share, 1) as decimal(18, 6)) as loaded_share

    from segment_months

    left join invoiced
        on
            segment_months.segment = invoiced.segment
            and segment_months.month = invoiced.month

    left join accurate
        on segment_months.segment = accurate.segment

    cross join loads

    where not segment_months.is_provisional

)

select * from described
