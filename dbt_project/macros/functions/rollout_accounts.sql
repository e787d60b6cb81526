{# An account left out, by name or as a shock, gives its place in the queue to the next one. #}
{% macro rollout_accounts_function() %}
    select
        waves.*,
        waves.status = 'in_wave' and (
            list_contains(string_split(left_out_accounts, ','), waves.account_id)
            or (leaves_shocked and coalesce(waves.is_shock, false))
        ) as is_excluded
    from marts.fct_rollout_waves as waves
    where
        waves.scenario_id = wanted_scenario
        and waves.approach = wanted_approach
        and {{ billed_in_currency('waves.account_id') }}
{% endmacro %}
