select
    shock.account_id,
    accounts.account_name,
    shock.segment,
    shock.current_reporting,
    shock.proposed_reporting,
    shock.monthly_increase_reporting,
    shock.difference_ratio,
    shock.is_shock,
    shock.is_shock_grandfathered,
    accounts.renewal_date,
    accounts.account_owner
from marts.fct_migration_shock as shock
left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
where
    shock.scenario_id = $scenario_id
    and case
        when $rise is null then shock.is_shock
        else
            shock.difference_ratio >= cast($rise as decimal(18, 6))
            and shock.monthly_increase_reporting >= cast($amount as decimal(18, 4))
    end
    and (shock.segment = $segment or $segment = 'all')
    and billed_in(shock.account_id, $currency)
order by shock.monthly_increase_reporting desc nulls last, shock.account_id asc
