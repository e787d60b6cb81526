{# A text as a cell of a CSV file: quoted if it must be, empty if it is null. #}
{% macro csv_cell(text) -%}
    case
        when {{ text }} like '%,%' or {{ text }} like '%"%' or {{ text }} like '%' || chr(10) || '%'
            then concat('"', replace({{ text }}, '"', '""'), '"')
        else coalesce({{ text }}, '')
    end
{%- endmacro %}

{# Cells joined to a row of a CSV file. #}
{% macro csv_row(cells) -%}
    concat_ws(',' {%- for cell in cells %}, {{ csv_cell(cell) }}{% endfor -%})
{%- endmacro %}
