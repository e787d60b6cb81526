with

named as (

    select
        unnest($bands) as band,
        unnest(range(len($bands))) as position

),

counted as (

    select
        change_band,
        count(*) as accounts,
        sum(current_reporting) as current_amount,
        sum(proposed_reporting) as proposed_amount,
        sum(monthly_current_reporting) as monthly_amount
    from marts.fct_migration_shock
    where
        scenario_id = $scenario_id and (segment = $segment or $segment = 'all')
        and billed_in(account_id, $currency)
    group by change_band

)

select
    named.position,
    named.band,
    coalesce(counted.accounts, 0) as accounts,
    coalesce(counted.current_amount, 0) as current_amount,
    coalesce(counted.proposed_amount, 0) as proposed_amount,
    coalesce(counted.monthly_amount, 0) as monthly_amount
from named
left join counted on named.band = counted.change_band
order by named.position
