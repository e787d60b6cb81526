with

revisions as (

    select * from {{ ref('stg_invoice_line_revisions') }}
    where line_type <> 'tax'

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- a voided line counts nothing from when that is known
dated as (

    select
        revisions.account_id,
        revisions.currency,
        {{ month_of(local_day('revisions.issued_at', 'settings.time_zone')) }} as month,
        revisions.is_latest,
        revisions.recorded_at,
        case when revisions.status = 'void' then 0 else revisions.amount end as amount,
        lead(revisions.recorded_at) over (
            partition by revisions.invoice_id, revisions.line_id
            order by revisions.revision asc
        ) as superseded_at

    from revisions

    cross join settings

),

measured as (

    select
        dated.account_id,
        dated.month,
        dated.currency,
        case when dated.is_latest then dated.amount else 0 end as amount_now,
        case
            when
                dated.recorded_at < month_closes.closed_at
                and (
                    dated.superseded_at is null
                    or dated.superseded_at >= month_closes.closed_at
                )
                then dated.amount
            else 0
        end as amount_at_close,
        case
            when dated.recorded_at >= month_closes.closed_at then dated.recorded_at
            when dated.superseded_at >= month_closes.closed_at then dated.superseded_at
        end as late_at

    from dated

    cross join settings

    inner join month_closes
        on
            dated.month = month_closes.month
            and month_closes.closed_at <= settings.as_of

),

restated as (

    select
        account_id,
        month,
        currency,
        cast(sum(amount_at_close) as decimal(38, 4)) as known_at_close,
        cast(sum(amount_now) as decimal(38, 4)) as known_now,
        min(late_at) as first_late_at

    from measured

    group by account_id, month, currency

    having sum(amount_at_close) <> sum(amount_now)

)

select * from restated
