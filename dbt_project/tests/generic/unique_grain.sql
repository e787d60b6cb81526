{#
  Rows whose grain occurs more than once, nulls counting as equal, or that lack a value in one of the
  columns of `never_null`: one test, because each test costs every refresh a query.
#}
{% test unique_grain(model, columns, never_null=[]) %}

    select {{ quoted_columns(columns) }}, count(*) as row_count
    from {{ model }}
    group by {{ quoted_columns(columns) }}
    having count(*) > 1{% for column in never_null %} or count({{ column }}) < count(*){% endfor %}

{% endtest %}
