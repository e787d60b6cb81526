{# As by plan, for seats with named holders. #}
{% macro role_utilization_function() %}
    with

    roles as (

        select
            role,
            count(*) as accounts,
            sum(holders) as holders,
            sum(held_seats) as held_seats,
            sum(active_seats) as active_seats,
            sum(held_seats) filter (where reason is null) as watched_seats,
            any_value(reason) as reason
        from marts.fct_role_seats
        where
            month = wanted_month
            and (segment = wanted_segment or wanted_segment = 'all')
            and {{ billed_in_currency('account_id') }}
        group by role

    )

    select
        role,
        accounts,
        holders,
        held_seats,
        active_seats,
        cast({{ ratio('active_seats', 'watched_seats') }} as decimal(9, 6)) as value,
        reason
    from roles
{% endmacro %}
