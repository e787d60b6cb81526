{# The share of a period that is billed, as a factor: ` × 15/30 days`; nothing where it is the whole. #}
{% macro share_text(numerator, denominator) -%}
    case
        when {{ numerator }} <> {{ denominator }}
            then
                concat(
                    ' × ',
                    cast({{ numerator }} as varchar),
                    '/',
                    cast({{ denominator }} as varchar),
                    case when {{ denominator }} > 366 then ' seconds' else ' days' end
                )
        else ''
    end
{%- endmacro %}
