with

usage as (

    select * from {{ ref('int_restated_usage') }}

),

seats as (

    select * from {{ ref('int_restated_seats') }}

),

invoices as (

    select * from {{ ref('int_restated_invoices') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

figures as (

    select
        account_id,
        month,
        'usage_quantity' as figure,
        meter as unit,
        known_at_close,
        known_now,
        first_late_at

    from usage

    union all

    select
        account_id,
        month,
        'billable_seats' as figure,
        'seats' as unit,
        known_at_close,
        known_now,
        first_late_at

    from seats

    union all

    select
        account_id,
        month,
        'invoiced_amount' as figure,
        currency as unit,
        known_at_close,
        known_now,
        first_late_at

    from invoices

),

described as (

    select
        figures.account_id,
        figures.month,
        figures.figure,
        figures.unit,
        accounts.segment,
        cast(figures.known_at_close as decimal(38, 6)) as known_at_close,
        cast(figures.known_now as decimal(38, 6)) as known_now,
        cast(figures.known_now - figures.known_at_close as decimal(38, 6)) as difference,
        figures.first_late_at

    from figures

    inner join accounts
        on figures.account_id = accounts.account_id

)

select * from described
