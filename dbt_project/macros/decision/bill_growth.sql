{#
  By which share of the mean of its last three months a bill changes a month: the last three (`recent`) against
  the three before. Between −8 %, which a trend of 12.5 months ends at nothing, and a third, which is a bill that
  only just began. DECIMAL(18,6); null where either is missing or the last three bring nothing.
#}
{% macro bill_growth(recent, earlier) -%}
    case
        when {{ recent }} > 0 and {{ earlier }} is not null
            then
                least(
                    greatest(
                        {{ ratio(recent ~ ' - ' ~ earlier, '3 * ' ~ recent) }},
                        cast(-0.08 as decimal(18, 6))
                    ),
                    cast(0.333333 as decimal(18, 6))
                )
    end
{%- endmacro %}
