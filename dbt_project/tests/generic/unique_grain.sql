{#
  Rows whose grain occurs more than once, nulls counting as equal, or that lack a value in one of the
  columns of `never_null`: one test, as each costs every refresh a query of its own.
#}
{% test unique_grain(model, columns, never_null=[]) %}

    {# qualified, as a column may be named like a keyword -#}
    select {% for column in columns %}grain.{{ column }}, {% endfor %}count(*) as row_count
    from {{ model }} as grain
    group by {% for column in columns %}grain.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    having count(*) > 1{% for column in never_null %} or count(grain.{{ column }}) < count(*){% endfor %}

{% endtest %}
