{# Sum of a measure's slices in the month's currency; null if there are none. #}
{% macro leakage_sum(measure) -%}
    sum(
        case
            when
                slices.measure = '{{ measure }}'
                and slices.currency = currencies_of_months.currency
                then slices.slice_amount
        end
    ) as {{ measure }}_amount
{%- endmacro %}

{# The same over all currencies in the reporting currency; null if one of them has no rate. #}
{% macro leakage_sum_reporting(measure) -%}
    case
        when
            count(case when slices.measure = '{{ measure }}' then 1 end)
            = count(case when slices.measure = '{{ measure }}' then month_rates.rate end)
            then sum(
                case
                    when slices.measure = '{{ measure }}'
                        then {{ converted_money('slices.slice_amount', 'month_rates.rate') }}
                end
            )
    end as {{ measure }}_amount_reporting
{%- endmacro %}
