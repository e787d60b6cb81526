{#
  The first date on or after a day among those a whole number of intervals (in months) after a base;
  the base itself where it is not before the day. Each is counted from the base, so the 31st stays the 31st.
#}
{% macro first_recurrence(base, interval_months, day) -%}
    {%- set steps = 'cast(' ~ whole_quotient(
        months_between(month_of(base), month_of(day)), interval_months
    ) ~ ' as integer)' -%}
    case
        when {{ base }} >= {{ day }} then {{ base }}
        when {{ add_months(base, '(' ~ steps ~ ') * ' ~ interval_months) }} >= {{ day }}
            then {{ add_months(base, '(' ~ steps ~ ') * ' ~ interval_months) }}
        else {{ add_months(base, '(' ~ steps ~ ' + 1) * ' ~ interval_months) }}
    end
{%- endmacro %}
