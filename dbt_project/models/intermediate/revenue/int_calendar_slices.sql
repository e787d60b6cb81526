{{ config(materialized='view') }}

with

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

currencies as (  -- noqa: ST03

    select * from {{ ref('stg_currencies') }}

),

-- calendar months are anchor months of accounts that start on the first
anchors as (  -- noqa: ST03

    select
        account_id,
        1 as anchor_day

    from accounts

),

issued as (  -- noqa: ST03

    select
        concat(invoice_id, chr(31), line_id) as line_key,
        invoice_id,
        line_id,
        account_id,
        line_type,
        currency,
        amount,
        period_start as service_start,
        period_end as service_end

    from invoice_lines
    where status not in ('void', 'draft')

),

sliced as (

    select * from ({{ sliced_lines('issued', 'anchors', 'currencies') }})

),

slices as (

    select
        invoice_id,
        line_id,
        account_id,
        slice_month as month,
        line_type,
        currency,
        slice_amount as amount

    from sliced

)

select * from slices
