{# Rows whose grain occurs more than once; nulls count as equal. #}
{% test unique_grain(model, columns) %}

    select {{ columns | join(', ') }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}
