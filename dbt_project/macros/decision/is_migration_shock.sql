{#
  Whether bills that rise over some months do so beyond both thresholds of migration shock: in money
  a month of the reporting currency, and by the ratio to the current bills. Multiplied, never held
  against a rounded quotient; where nothing is paid today, any rise is beyond every ratio.
#}
{% macro is_migration_shock(rise, rise_reporting, current_amount, months, limits) -%}
    {{ rise_reporting }} >= {{ limits }}.migration_increase_amount * {{ months }}
    and {{ rise }}
    >= {{ limits }}.migration_increase_ratio
    * case when {{ current_amount }} > 0 then {{ current_amount }} else 0 end
{%- endmacro %}
