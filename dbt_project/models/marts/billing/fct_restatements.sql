with

late_usage as (

    select * from {{ ref('stg_late_usage_events') }}

),

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

restated_seats as (

    select * from {{ ref('int_restated_seats') }}

),

invoice_revisions as (

    select * from {{ ref('stg_invoice_line_revisions') }}
    where line_type <> 'tax'

),

month_closes as (

    select
        months.month,
        months.closed_at

    from {{ ref('int_month_closes') }} as months

    inner join {{ ref('stg_settings') }} as settings
        on months.closed_at <= settings.as_of

),

settings as (

    select * from {{ ref('stg_settings') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

-- an earlier revision counts until a later one is known
usage_changes as (

    select
        late_usage.account_id,
        month_closes.month,
        late_usage.meter,
        case when late_usage.superseded_at is null then late_usage.quantity else 0 end
            as quantity_now,
        case
            when
                late_usage.recorded_at < month_closes.closed_at
                and (
                    late_usage.superseded_at is null
                    or late_usage.superseded_at >= month_closes.closed_at
                )
                then late_usage.quantity
            else 0
        end as quantity_at_close,
        case
            when late_usage.recorded_at >= month_closes.closed_at then late_usage.recorded_at
            when late_usage.superseded_at >= month_closes.closed_at then late_usage.superseded_at
        end as late_at

    from late_usage

    cross join settings

    inner join month_closes
        on
            {{ month_of(local_day('late_usage.occurred_at', 'settings.time_zone')) }}
            = month_closes.month

),

usage_differences as (

    select
        account_id,
        month,
        meter,
        sum(quantity_now) - sum(quantity_at_close) as difference,
        min(late_at) as first_late_at

    from usage_changes

    group by account_id, month, meter

    having sum(quantity_now) <> sum(quantity_at_close)

),

known_usage as (

    select
        account_id,
        {{ month_of('usage_date') }} as month,
        meter,
        sum(quantity) as quantity

    from usage_daily

    group by account_id, {{ month_of('usage_date') }}, meter

),

-- a voided line counts as zero once that is known
invoiced as (

    select
        invoice_revisions.account_id,
        invoice_revisions.currency,
        {{ month_of(local_day('invoice_revisions.issued_at', 'settings.time_zone')) }} as month,
        invoice_revisions.is_latest,
        invoice_revisions.recorded_at,
        case when invoice_revisions.status = 'void' then 0 else invoice_revisions.amount end
            as amount,
        lead(invoice_revisions.recorded_at) over (
            partition by invoice_revisions.invoice_id, invoice_revisions.line_id
            order by invoice_revisions.revision asc
        ) as superseded_at

    from invoice_revisions

    cross join settings

),

invoice_changes as (

    select
        invoiced.account_id,
        invoiced.month,
        invoiced.currency,
        case when invoiced.is_latest then invoiced.amount else 0 end as amount_now,
        case
            when
                invoiced.recorded_at < month_closes.closed_at
                and (
                    invoiced.superseded_at is null
                    or invoiced.superseded_at >= month_closes.closed_at
                )
                then invoiced.amount
            else 0
        end as amount_at_close,
        case
            when invoiced.recorded_at >= month_closes.closed_at then invoiced.recorded_at
            when invoiced.superseded_at >= month_closes.closed_at then invoiced.superseded_at
        end as late_at

    from invoiced

    inner join month_closes
        on invoiced.month = month_closes.month

),

figures as (

    select
        usage_differences.account_id,
        usage_differences.month,
        'usage_quantity' as figure,
        usage_differences.meter as unit,
        cast(coalesce(known_usage.quantity, 0) - usage_differences.difference as decimal(38, 6))
            as known_at_close,
        cast(coalesce(known_usage.quantity, 0) as decimal(38, 6)) as known_now,
        usage_differences.first_late_at

    from usage_differences

    left join known_usage
        on
            usage_differences.account_id = known_usage.account_id
            and usage_differences.month = known_usage.month
            and usage_differences.meter = known_usage.meter

    union all

    select
        account_id,
        month,
        'billable_seats' as figure,
        'seats' as unit,
        cast(known_at_close as decimal(38, 6)) as known_at_close,
        cast(known_now as decimal(38, 6)) as known_now,
        first_late_at

    from restated_seats

    union all

    select
        account_id,
        month,
        'invoiced_amount' as figure,
        currency as unit,
        cast(sum(amount_at_close) as decimal(38, 6)) as known_at_close,
        cast(sum(amount_now) as decimal(38, 6)) as known_now,
        min(late_at) as first_late_at

    from invoice_changes

    group by account_id, month, currency

    having sum(amount_at_close) <> sum(amount_now)

),

described as (

    select
        figures.account_id,
        figures.month,
        figures.figure,
        figures.unit,
        accounts.segment,
        figures.known_at_close,
        figures.known_now,
        cast(figures.known_now - figures.known_at_close as decimal(38, 6)) as difference,
        figures.first_late_at

    from figures

    inner join accounts
        on figures.account_id = accounts.account_id

)

select * from described
