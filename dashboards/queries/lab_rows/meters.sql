select distinct meter from marts.fct_usage_monthly
order by meter
