-- a returned row is a slice whose movements do not lead from the last closing to
-- this one, or whose last closing is not that of the month before
with

movements as (

    select * from {{ ref('fct_slice_movements') }}

),

followed as (

    select
        today.slice,
        today.slice_value,
        today.month,
        today.version,
        today.previous_closing,
        coalesce(earlier.closing, 0) as earlier_closing,
        today.previous_closing + today.revaluation - today.opening as unexplained_opening,
        today.opening + today.entering + today.leaving + today.new + today.expansion
        + today.contraction + today.churn + today.reactivation + today.currency_effect
        + today.restatement - today.closing as unexplained_closing

    from movements as today

    left join movements as earlier
        on
            today.slice = earlier.slice
            and today.slice_value = earlier.slice_value
            and today.version = earlier.version
            and earlier.month = {{ add_months('today.month', '-1') }}

),

broken as (

    select * from followed
    where
        previous_closing <> earlier_closing
        or unexplained_opening <> 0
        or unexplained_closing <> 0

)

select * from broken
