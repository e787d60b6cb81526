with

charge as (

    select *
    from reference.charges
    where
        charge_id = $charge_id
        and starts_with($price_version, concat(charge_id, ' @ ', valid_from))

),

steps as (

    select *
    from reference.tiers
    where (charge_id, valid_from) in (select (charge_id, valid_from) from charge)

),

agreed as (

    select *
    from reference.contract_prices
    where
        charge_id = $charge_id
        and account_id = $account_id
        and ends_with($price_version, '(contract price)')

),

charge_text as (

    select
        cast(valid_from as varchar) as valid_from,
        cast(columns(* exclude (charge_id, plan_id, valid_from)) as varchar)
    from charge

),

step_text as (

    select
        cast(tier as varchar) as tier,
        cast(columns(* exclude (charge_id, valid_from, tier)) as varchar)
    from steps

),

agreed_text as (

    select
        cast(valid_from as varchar) as valid_from,
        cast(columns(* exclude (account_id, charge_id, valid_from)) as varchar)
    from agreed

),

cells as (

    select
        1 as place,
        'charges.csv' as file,
        'from ' || valid_from as line,
        cell,
        content
    from
        (unpivot charge_text on columns(* exclude (valid_from)) into name cell value content)

    union all

    select
        2 as place,
        'tiers.csv' as file,
        'tier ' || tier as line,
        cell,
        content
    from
        (unpivot step_text on columns(* exclude (tier)) into name cell value content)

    union all

    select
        3 as place,
        'contract_prices.csv' as file,
        'from ' || valid_from as line,
        cell,
        content
    from
        (unpivot agreed_text on columns(* exclude (valid_from)) into name cell value content)

)

select
    file,
    line,
    cell,
    case
        when regexp_full_match(content, '-?[0-9]+[.][0-9]+')
            then rtrim(rtrim(content, '0'), '.')
        else content
    end as content
from cells
order by place, line, cell
