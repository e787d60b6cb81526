-- a returned row is a month and meter whose segments together do not add up to the cost of all
-- accounts
with

everybody as (

    select
        month,
        meter,
        cost,
        quantity

    from {{ ref('fct_unit_costs') }}

    where segment = 'all'

),

summed as (

    select
        month,
        meter,
        sum(exact_cost) as cost,
        sum(case when exact_cost is not null then quantity end) as quantity

    from {{ ref('fct_meter_costs') }}

    group by month, meter

)

select
    everybody.month,
    everybody.meter,
    everybody.cost,
    summed.cost as cost_of_accounts

from everybody

inner join summed
    on everybody.month = summed.month and everybody.meter = summed.meter

where
    everybody.cost <> round(summed.cost, 4)
    or everybody.quantity <> summed.quantity
