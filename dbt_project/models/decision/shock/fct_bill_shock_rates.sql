with

slices as (

    select * from {{ ref('fct_bill_shock_slices') }}
    where slice in ('all', 'segment') and (slice = 'all' or slice_value <> 'all')

),

described as (

    select
        slice_value as segment,
        month,
        scenario_id,
        bills,
        baseline_bills,
        jumps,
        shocks,
        jump_rate,
        shock_rate,
        jump_rate_20,
        shock_rate_20,
        jump_rate_30,
        shock_rate_30,
        jump_rate_50,
        shock_rate_50,
        is_small,
        reason,
        is_provisional

    from slices

)

select * from described
