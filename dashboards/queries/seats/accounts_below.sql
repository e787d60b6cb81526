select count(*) as accounts
from marts.fct_seat_utilization
where
    month = try_cast($month || '-01' as date)
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
    and utilization < $line
