{{ config(materialized='view') }}

with

stored as (

    select * from {{ ref('stg_stored_user_days') }}

),

computed as (

    select * from {{ ref('int_new_user_days') }}

),

seen as (

    select * from {{ ref('int_seen_days') }}

),

unioned as (

    {% for days in ['stored', 'computed', 'seen'] %}
    select
        account_id,
        user_id,
        activity_date

    from {{ days }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from unioned
