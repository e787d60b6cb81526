with

seat_snapshots as (

    select * from {{ ref('stg_seat_snapshots') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

stored as (

    select * from {{ ref('stg_stored_user_days') }}

),

computed as (

    select * from {{ ref('int_new_user_days') }}

),

-- admin consoles report when a holder was last seen; anything after the as-of is not known yet
seen as (

    select distinct
        seat_snapshots.account_id,
        seat_snapshots.user_id,
        {{ local_day('seat_snapshots.last_active_at', 'settings.time_zone') }} as activity_date

    from seat_snapshots

    inner join settings
        on seat_snapshots.last_active_at <= settings.as_of

),

unused as (

    select
        seen.account_id,
        seen.user_id,
        seen.activity_date

    from seen

    {% for worked in ['stored', 'computed'] %}
    left join {{ worked }}
        on
            seen.account_id = {{ worked }}.account_id
            and seen.user_id = {{ worked }}.user_id
            and seen.activity_date = {{ worked }}.activity_date
    {% endfor %}

    where stored.account_id is null and computed.account_id is null

)

select * from unused
