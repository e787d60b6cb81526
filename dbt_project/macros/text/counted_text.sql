{# A number and its noun, which takes an s unless there is one of it: 1 seat, -1 seat, 1.5 seats. #}
{% macro counted_text(number, noun) -%}
    concat(
        {{ number_text(number) }},
        case when abs({{ number }}) = 1 then ' {{ noun }}' else ' {{ noun }}s' end
    )
{%- endmacro %}
