-- a returned row is an account whose causes over the compared months do not add up to its
-- difference
with

summed as (

    select
        compared.account_id,
        compared.scenario_id,
        sum(causes.difference) as difference

    from {{ ref('int_compared_bills') }} as compared

    inner join {{ ref('fct_shadow_bill_causes') }} as causes
        on
            compared.account_id = causes.account_id
            and compared.month = causes.month
            and compared.scenario_id = causes.scenario_id

    group by compared.account_id, compared.scenario_id

)

select winners.*
from {{ ref('fct_winners_losers') }} as winners

left join summed
    on
        winners.account_id = summed.account_id
        and winners.scenario_id = summed.scenario_id

where winners.difference <> coalesce(summed.difference, 0)
