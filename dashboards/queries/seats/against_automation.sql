with

paying as (

    select
        account_id,
        sum(closing_reporting) as mrr
    from marts.fct_mrr_movements
    where version = 'subscription' and month = try_cast($month || '-01' as date)
    group by account_id

)

select
    seats.account_id,
    seats.segment,
    utilization_over(
        $used_over, seats.utilization, recent.utilization_28d, recent.utilization_7d
    ) as utilization,
    work.automation_share,
    seats.billable_seats,
    paying.mrr,
    count(*) over () as accounts
from marts.fct_seat_utilization as seats
left join marts.fct_seat_activity as recent
    on seats.account_id = recent.account_id and seats.month = recent.month
inner join marts.automation_shares($meter, try_cast($month || '-01' as date)) as work
    on seats.account_id = work.account_id
left join paying on seats.account_id = paying.account_id
where
    seats.month = try_cast($month || '-01' as date)
    and (seats.segment = $segment or $segment = 'all')
    and billed_in(seats.account_id, $currency)
    and utilization_over(
        $used_over, seats.utilization, recent.utilization_28d, recent.utilization_7d
    ) is not null
order by paying.mrr desc nulls last, seats.account_id asc
limit $most
