{#
  Whole months of a service from its first day to the day after its last, 0 where it has a part of
  one. Days that a shorter month lacks count as its last: 31 January to 28 February is a month.
#}
{% macro whole_months(service_start, service_end) -%}
    case
        when
            extract(day from {{ service_start }}) = extract(day from {{ service_end }})
            or (
                {{ service_end }} = last_day({{ service_end }})
                and extract(day from {{ service_start }}) > extract(day from {{ service_end }})
            )
            or (
                {{ service_start }} = last_day({{ service_start }})
                and extract(day from {{ service_end }}) > extract(day from {{ service_start }})
            )
            then greatest(
                {{ months_between(month_of(service_start), month_of(service_end)) }}, 0
            )
        else 0
    end
{%- endmacro %}

{#
  Months of a service as a fraction: its whole months, else its whole weeks at 12 months for 52
  weeks, else its days at 12 months for 365. A run rate is amount * denominator / numerator.
#}
{% macro service_months_numerator(whole_months, days) -%}
    case when {{ whole_months }} > 0 then {{ whole_months }} else 12 * {{ days }} end
{%- endmacro %}

{% macro service_months_denominator(whole_months, days) -%}
    case
        when {{ whole_months }} > 0 then 1
        when {{ days }} % 7 = 0 then 364
        else 365
    end
{%- endmacro %}
