{# Causes whose fix is tried on the account's own lines. #}
{% macro previewed_causes() -%}
    ('price', 'discount', 'seat_basis', 'proration', 'line_type')
{%- endmacro %}

{# Which seats a plan bills, in words. #}
{% macro basis_words(seat_basis) -%}
    case {{ seat_basis }}
        when 'start' then 'the seats at the start of the period'
        when 'end' then 'the seats at the end of the period'
        when 'peak' then 'the most seats of the period'
        else 'the average seats of the period'
    end
{%- endmacro %}

{# The header of plans.csv. #}
{% macro plan_header() -%}
    'plan_id,plan_name,family,currency,billing_interval,proration,seat_basis,billable_roles,'
    || 'bill_suspended,minimum_amount,maximum_amount,credit_on_removal'
{%- endmacro %}

{# A plan's row in plans.csv with another proration and seat basis. #}
{% macro plan_row(plans, proration, seat_basis) -%}
    {{ csv_row([
        plans ~ '.plan_id',
        plans ~ '.plan_name',
        plans ~ '.family',
        plans ~ '.currency',
        plans ~ '.billing_interval',
        proration,
        seat_basis,
        plans ~ '.billable_roles',
        'cast(' ~ plans ~ '.bill_suspended as varchar)',
        number_text(plans ~ '.minimum_amount'),
        number_text(plans ~ '.maximum_amount'),
        'cast(' ~ plans ~ '.credit_on_removal as varchar)',
    ]) }}
{%- endmacro %}
