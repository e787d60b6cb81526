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

{# How many months a trailing window spans. #}
{% macro window_span(spans, limits) -%}
    least(
        coalesce({{ spans }}.window_months, {{ limits }}.migration_months), {{ limits }}.migration_months
    )
{%- endmacro %}

{#
  Columns of `windows`, which has the sums of both bills: how far the proposal's is beyond today's, in all and without
  what grandfathering takes off for a while.
#}
{% macro window_rises(windows) -%}
    {{ windows }}.proposed_amount - {{ windows }}.current_amount as difference,
    {{ windows }}.proposed_amount - {{ windows }}.grandfathering_amount - {{ windows }}.current_amount
        as lasting_difference,
    {{ windows }}.proposed_reporting - {{ windows }}.current_reporting as difference_reporting,
    {{ windows }}.proposed_reporting
    - {{ windows }}.grandfathering_reporting
    - {{ windows }}.current_reporting as lasting_reporting
{%- endmacro %}

{#
  Columns of `rises`, which has those of window_rises: the rise as a ratio, and whether it is a shock by the `limits` of
  its segment, without and with what grandfathering would take off had it begun with the window (`relief`). An account that pays
  nothing today has no ratio, and any rise is beyond every ratio.
#}
{% macro window_shocks(rises, limits) -%}
    case
        when {{ rises }}.current_amount > 0
            then {{ ratio(rises ~ '.lasting_difference', rises ~ '.current_amount') }}
        when {{ rises }}.lasting_difference > 0 then cast(999999 as decimal(18, 6))
        else cast(0 as decimal(18, 6))
    end as lasting_ratio,
    {{ is_migration_shock(
        rises ~ '.lasting_difference',
        rises ~ '.lasting_reporting',
        rises ~ '.current_amount',
        rises ~ '.months',
        limits
    ) }} as is_shock,
    {{ is_migration_shock(
        rises ~ '.lasting_difference + ' ~ rises ~ '.relief_amount',
        rises ~ '.lasting_reporting + ' ~ rises ~ '.relief_reporting',
        rises ~ '.current_amount',
        rises ~ '.months',
        limits
    ) }} as is_shock_grandfathered
{%- endmacro %}

{#
  What a window says of an account: columns of `judged`, which has those of window_shocks, and the churn assumed of the
  band of its rise. Without a table of assumptions nothing is assumed, not even that nobody leaves.
#}
{% macro window_columns(judged, bands, assumed) -%}
    {{ judged }}.account_id,
    {{ judged }}.scenario_id,
    {{ judged }}.segment,
    {{ judged }}.month,
    {{ judged }}.window_name,
    {{ judged }}.currency,
    cast({{ judged }}.months as integer) as months,
    {{ judged }}.has_months,
    {{ judged }}.current_amount,
    {{ judged }}.proposed_amount,
    {{ judged }}.difference,
    {{ judged }}.current_reporting,
    {{ judged }}.proposed_reporting,
    {{ judged }}.difference_reporting,
    {{ judged }}.relief_amount,
    {{ judged }}.relief_reporting,
    {{ judged }}.cost,
    {{ judged }}.lasting_ratio,
    {{ judged }}.is_shock,
    {{ judged }}.is_shock_grandfathered,
    {{ bands }}.increase_over as churn_band,
    case when {{ assumed }}.bands > 0 then coalesce({{ bands }}.extra_churn_ratio, 0) end
        as extra_churn_ratio
{%- endmacro %}

{# Whether a rise lies in a band of assumed churn. #}
{% macro is_in_churn_band(rise, bands) -%}
    {{ rise }} >= {{ bands }}.increase_over
    and ({{ bands }}.next_increase_over is null or {{ rise }} < {{ bands }}.next_increase_over)
{%- endmacro %}
