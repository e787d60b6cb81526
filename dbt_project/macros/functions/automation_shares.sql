{# Work by unknown actors counts neither as automation nor as people's work. #}
{% macro automation_shares_function() %}
    with

    work as (

        select
            account_id,
            sum(case when actor_type = 'automation' then quantity else 0 end) as automated,
            sum(quantity) as known
        from marts.fct_usage_monthly
        where
            meter = wanted_meter
            and month = wanted_month
            and actor_type in ('automation', 'human')
        group by account_id

    )

    select
        account_id,
        cast({{ ratio('automated', 'known') }} as decimal(9, 6)) as automation_share
    from work
    where known > 0
{% endmacro %}
