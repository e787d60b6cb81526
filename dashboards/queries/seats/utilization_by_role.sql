select
    role,
    accounts,
    holders,
    held_seats,
    active_seats,
    value,
    reason
from marts.role_utilization($segment, $currency, try_cast($month || '-01' as date))
order by held_seats desc, role asc
