-- a row is a signal that is not available and yet fires, is over, or gives no reason
with

signals as (

    select * from {{ ref('fct_signals') }}

),

off as (

    select * from signals

    where
        (not is_available and (is_firing or is_over is not null or reason is null))
        or (is_available and (value is null or is_over is null))

)

select * from off
