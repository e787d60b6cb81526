select
    coalesce(reason, 'no_change_ratio') as reason,
    count(*) as accounts
from marts.fct_migration_shock
where
    scenario_id = $scenario_id
    and change_band = 'n/a'
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
group by all
order by accounts desc, reason asc
