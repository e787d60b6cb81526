{#
  The queue of a rollout. Its order is rollout_place: an account whose month is full moves in the next one
  with room. At most moves_a_month accounts move in a month (0 means no limit), none before first_month
  (2027-01) or before its contract allows.
#}
{% macro rollout_schedule_function() %}
    with

    queued as (

        select
            *,
            row_number() over (order by rollout_place) as place,
            greatest(
                date_diff('month', cast(first_month || '-01' as date), wave_month), 0
            ) as months_free
        from
            marts.rollout_accounts(
                wanted_scenario, wanted_approach, wanted_currency, left_out_accounts, leaves_shocked
            )
        where segment = wanted_segment and status = 'in_wave' and not is_excluded

    ),

    spread as (

        select
            *,
            case
                when moves_a_month = 0 then months_free
                else
                    (
                        max(moves_a_month * months_free - place + 1)
                            over (
                                order by place rows unbounded preceding
                            )
                        + place - 1
                    ) // moves_a_month
            end as months_until
        from queued

    )

    select
        *,
        cast(
            cast(first_month || '-01' as date) + to_months(cast(months_until as integer)) as date
        ) as move_month,
        dense_rank() over (order by months_until) as move_wave,
        row_number() over (partition by months_until order by place) as move_place
    from spread
{% endmacro %}
