select distinct rates_from from marts.fct_cost_versions
order by rates_from desc
