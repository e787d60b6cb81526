with

thresholds as (

    select * from {{ ref('stg_thresholds') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- a threshold applies once its first day has begun; at the end of a day the next has not begun
in_force as (

    select thresholds.*
    from thresholds

    inner join settings
        on
            thresholds.valid_from is null
            or cast(thresholds.valid_from as timestamp)
            < {{ local_time('settings.as_of', 'settings.time_zone') }}

),

-- a segment's own row overrides the general one, then the latest overrides older ones
ranked as (

    select
        segments.segment,
        in_force.name,
        in_force.fires_at,
        in_force.clears_at,
        in_force.direction,
        in_force.unit,
        in_force.valid_from,
        in_force.segment is not null as is_own_row,
        row_number() over (
            partition by segments.segment, in_force.name
            order by
                case when in_force.segment is null then 1 else 0 end,
                coalesce(in_force.valid_from, date '0001-01-01') desc
        ) as preference

    from segments

    inner join in_force
        on in_force.segment is null or in_force.segment = segments.segment

),

resolved as (

    select
        segment,
        name,
        cast(fires_at as decimal(18, 6)) as fires_at,
        cast(clears_at as decimal(18, 6)) as clears_at,
        direction,
        unit,
        valid_from,
        is_own_row

    from ranked

    where preference = 1

)

select * from resolved
