{#
  The closed months up to which bills are compared: each window's name, and how many months it spans; none where
  it spans as many as thresholds.csv says (migration_months).
#}
{% macro trailing_windows() -%}
    select
        spans.window_name,
        cast(spans.window_months as integer) as window_months
    from (values ('trailing_12', null), ('trailing_3', 3)) as spans (window_name, window_months)
{%- endmacro %}

{#
  The rise of each account's bills over a window, whether it is a shock and what churn is assumed of it. `windows` has
  the sums of both bills, `limits` of its segment, and what grandfathering takes off: in the bills themselves, and
  had it begun with the window (`relief`). Whoever pays nothing today has no ratio, and any rise is beyond every ratio.
  Without a table of assumptions nothing is assumed, not even that nobody leaves.
#}
{% macro judged_windows(windows, bands, limits) -%}
    select
        judged.account_id,
        judged.scenario_id,
        judged.segment,
        judged.month,
        judged.window_name,
        judged.currency,
        cast(judged.months as integer) as months,
        judged.has_months,
        judged.current_amount,
        judged.proposed_amount,
        judged.difference,
        judged.current_reporting,
        judged.proposed_reporting,
        judged.difference_reporting,
        judged.relief_amount,
        judged.relief_reporting,
        judged.cost,
        judged.lasting_ratio,
        judged.is_shock,
        judged.is_shock_grandfathered,
        bands.increase_over as churn_band,
        case when assumed.bands > 0 then coalesce(bands.extra_churn_ratio, 0) end
            as extra_churn_ratio

    from (
        select
            lasting.*,
            case
                when lasting.current_amount > 0
                    then {{ ratio('lasting.lasting_difference', 'lasting.current_amount') }}
                when lasting.lasting_difference > 0 then cast(999999 as decimal(18, 6))
                else cast(0 as decimal(18, 6))
            end as lasting_ratio,
            {{ is_migration_shock(
                'lasting.lasting_difference',
                'lasting.lasting_reporting',
                'lasting.current_amount',
                'lasting.months',
                'limits'
            ) }} as is_shock,
            {{ is_migration_shock(
                'lasting.lasting_difference + lasting.relief_amount',
                'lasting.lasting_reporting + lasting.relief_reporting',
                'lasting.current_amount',
                'lasting.months',
                'limits'
            ) }} as is_shock_grandfathered

        from (
            select
                windows.*,
                windows.proposed_amount - windows.current_amount as difference,
                windows.proposed_amount - windows.grandfathering_amount - windows.current_amount
                    as lasting_difference,
                windows.proposed_reporting - windows.current_reporting as difference_reporting,
                windows.proposed_reporting
                - windows.grandfathering_reporting
                - windows.current_reporting as lasting_reporting

            from {{ windows }} as windows
        ) as lasting

        inner join {{ limits }} as limits
            on lasting.segment = limits.segment
    ) as judged

    cross join (select count(*) as bands from {{ bands }}) as assumed

    left join {{ bands }} as bands
        on
            judged.lasting_ratio >= bands.increase_over
            and (
                bands.next_increase_over is null
                or judged.lasting_ratio < bands.next_increase_over
            )
{%- endmacro %}
