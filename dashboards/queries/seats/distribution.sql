with

used as (

    select
        seats.idle_amount_reporting,
        utilization_over(
            $used_over, seats.utilization, recent.utilization_28d, recent.utilization_7d
        ) as utilization
    from marts.fct_seat_utilization as seats
    left join marts.fct_seat_activity as recent
        on seats.account_id = recent.account_id and seats.month = recent.month
    where
        seats.month = try_cast($month || '-01' as date)
        and (seats.segment = $segment or $segment = 'all')
        and billed_in(seats.account_id, $currency)

),

tenths as (

    select
        least(cast(floor(utilization * 10) as integer), 9) as tenth,
        idle_amount_reporting
    from used
    where utilization is not null

)

select
    every_tenth.tenth as tenth,
    every_tenth.tenth * 10 || '–' || (every_tenth.tenth + 1) * 10 || ' %' as band,
    count(tenths.tenth) as accounts,
    coalesce(sum(tenths.idle_amount_reporting), 0) as idle_amount
from (select unnest(range(10)) as tenth) as every_tenth
left join tenths on every_tenth.tenth = tenths.tenth
group by every_tenth.tenth
order by every_tenth.tenth
