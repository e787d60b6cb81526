select
    strftime(wallet.month, '%Y-%m') as month,
    wallet.is_provisional,
    list_max(
        list_filter(
            cast(string_split($levels, ',') as decimal(18, 6)[]),
            lambda level: wallet.consumed_ratio >= level
        )
    ) as alert_level,
    count(distinct wallet.account_id) as accounts,
    sum(wallet.demand) as demand,
    sum(wallet.overage) as overage,
    sum(wallet.grace) as grace,
    sum(wallet.refused) as refused,
    sum(wallet.throttled) as throttled,
    min(wallet.next_alert_on) as next_alert_on
from marts.fct_wallet as wallet
inner join marts.dim_accounts as accounts on wallet.account_id = accounts.account_id
where
    wallet.scenario_id = $scenario_id
    and wallet.is_available
    and (accounts.segment = $segment or $segment = 'all')
    and billed_in(wallet.account_id, $currency)
    and wallet.month > (
        select last_closed_month - interval 6 month from marts.dim_settings
    )
group by all
order by month desc, alert_level desc nulls last
