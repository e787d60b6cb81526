select distinct currency
from marts.dim_accounts
where currency is not null
order by currency
