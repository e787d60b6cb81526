{#
  The cash of an account that moves, for the projection of a rollout and for that of any month in which a
  reader lets it move: one rule for both.
#}

{# What a month costs while a cap on the rise holds: at most so much more than today's model, to four places. #}
{% macro capped_rise(proposed_amount, current_amount, max_increase_ratio) -%}
    least(
        {{ proposed_amount }},
        round({{ current_amount }} * cast(1 + {{ max_increase_ratio }} as decimal(20, 6)), 4)
    )
{%- endmacro %}

{# What is left of an amount where a share of the accounts (a DECIMAL(20,6)) stays, as DECIMAL(18,4). #}
{% macro stayed_amount(amount, staying) -%}
    {{ return(adapter.dispatch('stayed_amount')(amount, staying)) }}
{%- endmacro %}

{# Most stay whole, and most amounts are small: rounding costs a microsecond in 128 bits. #}
{% macro default__stayed_amount(amount, staying) -%}
    case
        when {{ staying }} = 1 then cast({{ amount }} as decimal(18, 4))
        when
            try_cast({{ amount }} as decimal(11, 4)) = {{ amount }}
            and try_cast({{ staying }} as decimal(7, 6)) = {{ staying }}
            then
                cast(
                    round(
                        cast({{ amount }} as decimal(11, 4)) * cast({{ staying }} as decimal(7, 6)), 4
                    ) as decimal(18, 4)
                )
        else cast(round({{ amount }} * {{ staying }}, 4) as decimal(18, 4))
    end
{%- endmacro %}

{% macro spark__stayed_amount(amount, staying) -%}
    cast(round({{ amount }} * {{ staying }}, 4) as decimal(18, 4))
{%- endmacro %}

{# What is paid ahead at the end of a month: its part in advance for each month of its period that is left. #}
{% macro deferred_amount(advance_amount, interval_months, months_into) -%}
    cast(
        {{ advance_amount }}
        * (
            {{ interval_months }} - 1
            - (({{ months_into }} % {{ interval_months }}) + {{ interval_months }})
            % {{ interval_months }}
        ) as decimal(18, 4)
    )
{%- endmacro %}
