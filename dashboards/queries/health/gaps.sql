select
    export,
    strftime(month, '%Y-%m') as month
from marts.fct_export_months
where
    is_gap
    and (export = $export or $export = 'all')
    and (cast($since as date) is null or month >= cast($since as date))
order by export, month
