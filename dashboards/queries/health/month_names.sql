select distinct strftime(month, '%Y-%m') as month
from marts.fct_export_months
qualify month > max(month) over () - interval 24 month
order by month desc
