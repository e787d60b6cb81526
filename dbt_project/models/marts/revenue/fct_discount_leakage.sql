with

priced_lines as (

    select * from {{ ref('int_priced_lines') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

currencies as (  -- noqa: ST03

    select * from {{ ref('stg_currencies') }}

),

-- calendar months are anchor months that begin on the first
anchors as (  -- noqa: ST03

    select
        account_id,
        1 as anchor_day

    from accounts

),

measures as (  -- noqa: ST03

    select
        concat(line_key, chr(31), 'list') as line_key,
        'list' as measure,
        account_id,
        currency,
        service_start,
        service_end,
        list_amount as amount

    from priced_lines
    where list_amount is not null

    union all

    select
        concat(line_key, chr(31), 'realized') as line_key,
        'realized' as measure,
        account_id,
        currency,
        service_start,
        service_end,
        realized_amount as amount

    from priced_lines
    where realized_amount is not null

    union all

    select
        concat(line_key, chr(31), 'unapproved') as line_key,
        'unapproved' as measure,
        account_id,
        currency,
        service_start,
        service_end,
        unapproved_amount as amount

    from priced_lines
    where unapproved_amount is not null

    union all

    -- an account without any list price still has a row
    select
        concat(line_key, chr(31), 'unlisted') as line_key,
        'unlisted' as measure,
        account_id,
        currency,
        service_start,
        service_end,
        cast(0 as decimal(18, 4)) as amount

    from priced_lines
    where realized_amount is null and not is_discount

),

slices as (

    select * from ({{ sliced_lines('measures', 'anchors', 'currencies') }})

),

-- amounts in a currency other than the month's last one count only in the reporting currency
currencies_of_months as (

    select
        account_id,
        slice_month as month,
        max_by(currency, concat(cast(service_start as varchar), line_key)) as currency

    from slices
    group by account_id, slice_month

),

summed_up as (

    select
        slices.account_id,
        slices.slice_month as month,
        currencies_of_months.currency,
        {{ leakage_sum('list') }},
        {{ leakage_sum('realized') }},
        {{ leakage_sum('unapproved') }},
        {{ leakage_sum_reporting('list') }},
        {{ leakage_sum_reporting('realized') }}

    from slices

    inner join currencies_of_months
        on
            slices.account_id = currencies_of_months.account_id
            and slices.slice_month = currencies_of_months.month

    left join month_rates
        on
            slices.currency = month_rates.currency
            and slices.slice_month = month_rates.month

    group by slices.account_id, slices.slice_month, currencies_of_months.currency

),

leakage as (

    select
        summed_up.account_id,
        summed_up.month,
        accounts.segment,
        summed_up.currency,
        cast(summed_up.list_amount as decimal(18, 4)) as list_amount,
        cast(summed_up.realized_amount as decimal(18, 4)) as realized_amount,
        case
            when summed_up.list_amount > 0
                then {{ ratio(
                    '(summed_up.list_amount - summed_up.realized_amount)',
                    'summed_up.list_amount'
                ) }}
        end as leakage_ratio,
        cast(summed_up.unapproved_amount as decimal(18, 4)) as unapproved_amount,
        cast(summed_up.list_amount_reporting as decimal(18, 4)) as list_amount_reporting,
        cast(summed_up.realized_amount_reporting as decimal(18, 4)) as realized_amount_reporting,
        calendar_months.is_provisional,
        case
            when summed_up.list_amount is null then 'no list price known'
            when summed_up.list_amount <= 0 then 'list price is not above 0'
        end as reason

    from summed_up

    inner join accounts
        on summed_up.account_id = accounts.account_id

    inner join calendar_months
        on summed_up.month = calendar_months.month

)

select * from leakage
