{{ config(materialized='view') }}

with

anchors as (  -- noqa: ST03

    select * from {{ ref('int_account_anchors') }}

),

currencies as (  -- noqa: ST03

    select * from {{ ref('stg_currencies') }}

),

longer as (  -- noqa: ST03

    select * from {{ ref('int_bill_lines') }}
    where not is_one_anchor_month

),

sliced as (

    select * from ({{ sliced_lines('longer', 'anchors', 'currencies') }})

),

counted as (

    select
        sliced.*,
        cast(count(*) over (partition by sliced.line_key) as integer) as slice_count

    from sliced

)

select * from counted
