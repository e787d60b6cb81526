-- a returned row is a month whose cost differs from its cost at the rates in force throughout
with

last_rates as (

    select
        rates_from,
        lead(rates_from) over (order by rates_from asc) as next_rates_from

    from (select distinct rates_from from {{ ref('fct_cost_versions') }}) as versions

)

select
    versions.segment,
    versions.month,
    versions.rates_from,
    versions.cost,
    metrics.value as cost_as_it_was

from {{ ref('fct_cost_versions') }} as versions

inner join last_rates
    on
        versions.rates_from = last_rates.rates_from
        and versions.month >= last_rates.rates_from
        and (
            last_rates.next_rates_from is null
            or {{ add_months('versions.month', '1') }} <= last_rates.next_rates_from
        )

inner join {{ ref('fct_slice_metrics') }} as metrics
    on
        metrics.metric = 'cost_to_serve'
        and versions.month = metrics.month
        and versions.segment = metrics.slice_value
        and metrics.slice = case when versions.segment = 'all' then 'all' else 'segment' end

-- an account's cost is rounded to four places before it is summed
where
    versions.cost is null
    or versions.accounts <> metrics.accounts
    or abs(versions.cost - metrics.value) > versions.accounts * 0.00005
