{# Whether a role is among a plan's billable roles (`member;admin`); empty means every role. #}
{% macro is_billable_role(billable_roles, role) -%}
    (
        coalesce({{ billable_roles }}, '') = ''
        or contains(
            concat(';', replace({{ billable_roles }}, ' ', ''), ';'), concat(';', {{ role }}, ';')
        )
    )
{%- endmacro %}

{# Billed seats of a role: assigned ones, without suspended ones unless the plan bills them. #}
{% macro billable_quantity(assigned, suspended, bill_suspended) -%}
    greatest(
        {{ assigned }}
        - case when {{ bill_suspended }} then 0 else greatest({{ suspended }}, 0) end,
        0
    )
{%- endmacro %}
