with

-- what each signal looks at; `at_least` says whether the threshold itself fires
metrics as (

    select
        'automation_rising' as signal,
        'automation_rise_6m' as metric,
        1 as part,
        true as is_at_least,
        true as is_trigger

    union all

    select
        'automation_rising' as signal,
        'automation_share' as metric,
        2 as part,
        true as is_at_least,
        true as is_trigger

    union all

    select
        'seat_growth_weak' as signal,
        'seat_change_3m' as metric,
        1 as part,
        true as is_at_least,
        true as is_trigger

    union all

    select
        'seat_growth_weak' as signal,
        'seat_growth_vs_year_ago' as metric,
        2 as part,
        false as is_at_least,
        true as is_trigger

    union all

    select
        'expansion_weak' as signal,
        'expansion_rate_3m' as metric,
        1 as part,
        false as is_at_least,
        true as is_trigger

    union all

    select
        'expansion_weak' as signal,
        'expansion_vs_year_ago' as metric,
        2 as part,
        false as is_at_least,
        true as is_trigger

    union all

    select
        'seats_idle' as signal,
        'utilization' as metric,
        1 as part,
        false as is_at_least,
        true as is_trigger

    union all

    select
        'seats_off_value' as signal,
        'seats_work_correlation' as metric,
        1 as part,
        false as is_at_least,
        false as is_trigger

    union all

    select
        'seats_off_value' as signal,
        'seats_work_falling_months' as metric,
        2 as part,
        true as is_at_least,
        false as is_trigger

    union all

    select
        'margin_exposed' as signal,
        'exposed_share' as metric,
        1 as part,
        false as is_at_least,
        false as is_trigger

    union all

    select
        'price_pressure' as signal,
        'discount_leakage' as metric,
        1 as part,
        false as is_at_least,
        false as is_trigger

    union all

    select
        'bills_disputed' as signal,
        'shock_ticket_share' as metric,
        1 as part,
        false as is_at_least,
        false as is_trigger

)

select * from metrics
