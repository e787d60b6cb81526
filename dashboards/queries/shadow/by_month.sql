select
    strftime(period_end - interval 1 day, '%Y-%m') as month,
    sum(current_amount_reporting) as current_amount,
    sum(amount_reporting) as proposed_amount,
    count(*) as accounts
from marts.fct_shadow_bills
where
    scenario_id = $scenario_id
    and difference_reporting is not null
    and not is_provisional
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
    and period_end - interval 1 day
    >= (select last_closed_month - interval 11 month from marts.dim_settings)
    and period_end - interval 1 day
    < (select last_closed_month + interval 1 month from marts.dim_settings)
group by all
order by month
