{#
  How far what was billed lies from what was projected: the larger by the smaller, less one, so that twice and
  half are equally far. At most 9.999999, which also stands where either is not above nothing. DECIMAL(18,6).
#}
{% macro forecast_miss(projected, realised) -%}
    case
        when {{ projected }} > 0 and {{ realised }} > 0
            then
                least(
                    {{ ratio(
                        'greatest(' ~ projected ~ ', ' ~ realised ~ ')'
                        ~ ' - least(' ~ projected ~ ', ' ~ realised ~ ')',
                        'least(' ~ projected ~ ', ' ~ realised ~ ')'
                    ) }},
                    cast(9.999999 as decimal(18, 6))
                )
        else cast(9.999999 as decimal(18, 6))
    end
{%- endmacro %}

{# What a comparison so many months old counts: 12 ÷ (12 + age), half after a year. DECIMAL(18,6). #}
{% macro age_weight(months) -%}
    {{ ratio('12', '12 + ' ~ months) }}
{%- endmacro %}

{# What the outcome of a horizon counts that is not known yet, in comparisons: one for each quarter it spans. #}
{% macro coming_weight(horizon_months) -%}
    case when {{ horizon_months }} < 6 then 1 when {{ horizon_months }} < 12 then 2 else 4 end
{%- endmacro %}

{# Half of one growth and half of another; all of the other where the one is not known. DECIMAL(18,6). #}
{% macro half_and_half(own, shared) -%}
    case
        when {{ own }} is null then cast({{ shared }} as decimal(18, 6))
        else
            cast(
                round(cast({{ own }} + {{ shared }} as decimal(10, 6)) * cast(0.5 as decimal(2, 1)), 6)
                as decimal(18, 6)
            )
    end
{%- endmacro %}

{# The months of growth that a model counts, a column of the steps that are joined. #}
{% macro forecast_steps_of(model) -%}
    case when {{ model }} = 'logistic' then logistic_steps else damped_steps end
{%- endmacro %}

{# An amount so many times, rounded to four places half away from zero, as DECIMAL(18,4). #}
{% macro grown_amount(amount, factor) -%}
    {{ return(adapter.dispatch('grown_amount')(amount, factor)) }}
{%- endmacro %}

{# In 64 bits where both fit, to the same digits. #}
{% macro default__grown_amount(amount, factor) -%}
    case
        when {{ factor }} = 1 then {{ amount }}
        when try_cast({{ amount }} as decimal(11, 4)) = {{ amount }}
            and try_cast({{ factor }} as decimal(7, 6)) = {{ factor }}
            then
                cast(
                    round(
                        cast({{ amount }} as decimal(11, 4)) * cast({{ factor }} as decimal(7, 6)), 4
                    ) as decimal(18, 4)
                )
        else
            cast(
                round(cast({{ amount }} as decimal(20, 4)) * cast({{ factor }} as decimal(12, 6)), 4)
                as decimal(18, 4)
            )
    end
{%- endmacro %}

{% macro spark__grown_amount(amount, factor) -%}
    cast(
        round(cast({{ amount }} as decimal(20, 4)) * cast({{ factor }} as decimal(12, 6)), 4)
        as decimal(18, 4)
    )
{%- endmacro %}
