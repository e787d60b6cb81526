{# Seats of accounts with unknown activity are counted, but not part of the rate. #}
{% macro plan_utilization_function() %}
    with

    plans as (

        select
            coalesce(plan_id, 'unknown') as plan_id,
            count(*) as accounts,
            sum(billable_seats) as billable_seats,
            sum(active_seats) as active_seats,
            sum(billable_seats) filter (where reason is null) as watched_seats,
            any_value(reason) as reason
        from marts.fct_seat_utilization
        where
            month = wanted_month
            and (segment = wanted_segment or wanted_segment = 'all')
            and {{ billed_in_currency('account_id') }}
        group by coalesce(plan_id, 'unknown')

    )

    select
        plan_id,
        accounts,
        billable_seats,
        active_seats,
        cast({{ ratio('active_seats', 'watched_seats') }} as decimal(9, 6)) as value,
        reason
    from plans
{% endmacro %}

{# Whether an account is billed in the given currency, which may be all. #}
{% macro billed_in_currency(account_id) -%}
    (
        wanted_currency = 'all'
        or {{ account_id }} in (
            select billed.account_id from marts.dim_accounts as billed where billed.currency = wanted_currency
        )
    )
{%- endmacro %}
