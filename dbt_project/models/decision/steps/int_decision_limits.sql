with

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

-- one row per segment, so that a rule reads its limits by name
limits as (

    select
        segment,
        max(case when name = 'signal_months' then fires_at end) as signal_months,
        max(case when name = 'migration_increase_ratio' then fires_at end)
            as migration_increase_ratio,
        max(case when name = 'migration_increase_amount' then fires_at end)
            as migration_increase_amount,
        cast(max(case when name = 'migration_months' then fires_at end) as integer)
            as migration_months,
        cast(max(case when name = 'migration_months_least' then fires_at end) as integer)
            as migration_months_least,
        max(case when name = 'limit_shock_share' then fires_at end) as limit_shock_share,
        max(case when name = 'no_go_shock_share' then fires_at end) as no_go_shock_share,
        max(case when name = 'soft_cap_share' then fires_at end) as soft_cap_share,
        max(case when name = 'limit_extra_churn' then fires_at end) as limit_extra_churn,
        max(case when name = 'limit_revenue_change' then fires_at end) as limit_revenue_change,
        max(case when name = 'limit_margin_change' then fires_at end) as limit_margin_change,
        max(case when name = 'evidence_accounts' then fires_at end) as evidence_accounts,
        max(case when name = 'evidence_months' then fires_at end) as evidence_months,
        max(case when name = 'hold_invoiced_share' then fires_at end) as hold_invoiced_share,
        max(case when name = 'coverage_floor' then fires_at end) as coverage_floor,
        max(case when name = 'small_cell_accounts' then fires_at end) as small_cell_accounts,
        max(case when name = 'grade_accuracy_high' then fires_at end) as grade_accuracy_high,
        max(case when name = 'grade_accuracy_medium' then fires_at end)
            as grade_accuracy_medium,
        max(case when name = 'grade_coverage_high' then fires_at end) as grade_coverage_high,
        max(case when name = 'grade_coverage_medium' then fires_at end)
            as grade_coverage_medium,
        max(case when name = 'grade_width_high' then fires_at end) as grade_width_high,
        max(case when name = 'grade_width_medium' then fires_at end) as grade_width_medium,
        max(case when name = 'grade_flip_high' then fires_at end) as grade_flip_high,
        max(case when name = 'grade_flip_medium' then fires_at end) as grade_flip_medium,
        max(case when name = 'grade_forecast_origins' then fires_at end)
            as grade_forecast_origins,
        max(case when name = 'grade_forecast_coverage_low' then fires_at end)
            as grade_forecast_coverage_low,
        max(case when name = 'grade_forecast_coverage_high' then fires_at end)
            as grade_forecast_coverage_high

    from thresholds

    group by segment

)

select * from limits
