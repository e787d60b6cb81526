select
    strftime(month, '%Y-%m') as month,
    meter,
    sum(quantity) as quantity,
    case when count(cost) = count(*) then sum(cost) end as cost,
    max(reason) as reason
from marts.fct_meter_costs
where
    not is_provisional
    and (segment = $segment or $segment = 'all')
    and billed_in(account_id, $currency)
    and month > (select last_closed_month - interval 12 month from marts.dim_settings)
group by all
order by month, meter
