select
    export,
    strftime(month, '%Y-%m') as month,
    row_count,
    is_provisional,
    is_gap
from marts.fct_export_months
where
    (export = $export or $export = 'all')
    and (cast($since as date) is null or month >= cast($since as date))
qualify month > max(month) over () - interval 24 month
order by export, month
