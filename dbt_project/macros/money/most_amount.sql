{# The cap on a bill whose increase over the current bill is limited, in whole minor units. #}
{% macro most_amount(current_amount, increase_ratio, minor_units) -%}
    {{ return(adapter.dispatch('most_amount')(current_amount, increase_ratio, minor_units)) }}
{%- endmacro %}

{# A bill below ten million and a cap of at most six decimals give a 64-bit product. #}
{% macro default__most_amount(current_amount, increase_ratio, minor_units) -%}
    {%- set factor = 'try_cast(cast(1 + ' ~ increase_ratio ~ ' as decimal(18, 9)) as decimal(7, 6))' -%}
    case
        when
            try_cast({{ current_amount }} as decimal(11, 4)) = {{ current_amount }}
            and {{ factor }} = 1 + {{ increase_ratio }}
            then
                {{ round_money(
                    'cast(greatest(' ~ current_amount ~ ', 0) as decimal(11, 4)) * ' ~ factor,
                    minor_units
                ) }}
        else {{ most_of_any(current_amount, increase_ratio, minor_units) }}
    end
{%- endmacro %}

{% macro spark__most_amount(current_amount, increase_ratio, minor_units) -%}
    {{ most_of_any(current_amount, increase_ratio, minor_units) }}
{%- endmacro %}

{% macro most_of_any(current_amount, increase_ratio, minor_units) -%}
    {{ round_money(
        'cast(greatest(' ~ current_amount ~ ', 0) as decimal(19, 4))'
        ~ ' * cast(1 + ' ~ increase_ratio ~ ' as decimal(18, 9))',
        minor_units
    ) }}
{%- endmacro %}
