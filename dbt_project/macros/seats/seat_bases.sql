{# Every way to count the seats of a period from the seat ledger alone, as a query. #}
{% macro seat_bases() -%}
    select 'start' as seat_basis
    union all
    select 'end' as seat_basis
    union all
    select 'peak' as seat_basis
    union all
    select 'time_weighted' as seat_basis
{%- endmacro %}

{# The seats of a line by one of them. #}
{% macro based_seats(seat_basis) -%}
    case {{ seat_basis }}
        when 'start' then lines.opening_seats
        when 'end' then lines.end_seats
        when 'peak' then lines.peak_seats
        else lines.average_seats
    end
{%- endmacro %}
