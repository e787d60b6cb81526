{# Whether an outcome charge counts the work: it succeeded, or its export has no outcomes. #}
{% macro is_successful(outcome_status) -%}
    ({{ outcome_status }} is null or lower({{ outcome_status }}) = 'success')
{%- endmacro %}

{# Whether work was reopened within the window, its last moment included. #}
{% macro is_reopened_in_window(occurred_at, reopened_at, hours) -%}
    (
        {{ reopened_at }} is not null
        and {{ seconds_between(occurred_at, reopened_at) }} <= {{ hours }} * 3600
    )
{%- endmacro %}
