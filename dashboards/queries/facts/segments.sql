select distinct segment from marts.dim_accounts
where segment <> 'all'
order by segment
