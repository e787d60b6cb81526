{# The amount of a row if its movement has this name, else zero; the column has that name. #}
{% macro named_movement(name) -%}
    cast(case when moved.movement_name = '{{ name }}' then moved.movement else 0 end as decimal(18, 4))
        as {{ name }}
{%- endmacro %}

{# The same in the reporting currency; null if the month has no rate. #}
{% macro named_movement_reporting(name) -%}
    cast(
        case
            when moved.closing_reporting is null then null
            when moved.movement_name = '{{ name }}' then moved.movement_reporting
            else 0
        end as decimal(18, 4)
    ) as {{ name }}_reporting
{%- endmacro %}
