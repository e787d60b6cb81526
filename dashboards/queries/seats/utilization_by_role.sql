select
    role,
    count(*) as accounts,
    sum(holders) as holders,
    sum(held_seats) as held_seats,
    sum(active_seats) as active_seats,
    cast(
        sum(active_seats) / nullif(sum(held_seats) filter (where reason is null), 0)
        as decimal(9, 6)
    ) as value,
    any_value(reason) as reason
from marts.fct_role_seats
where
    month = try_cast($month || '-01' as date)
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
group by role
order by held_seats desc, role asc
