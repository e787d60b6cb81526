with

holding as (

    select
        account_id,
        'negotiated price' as kind,
        charge_id as what,
        unit_amount,
        discount_ratio as ratio,
        null as amount,
        valid_from,
        valid_to,
        approved_by
    from reference.contract_prices

    union all

    select
        scope_id as account_id,
        'discount' as kind,
        discount_id as what,
        null,
        ratio,
        amount,
        valid_from,
        valid_to,
        approved_by
    from reference.discounts
    where scope = 'account'

)

select
    holding.account_id,
    accounts.account_name,
    accounts.segment,
    holding.kind,
    holding.what,
    holding.unit_amount,
    holding.ratio,
    holding.amount,
    holding.valid_from,
    holding.valid_to,
    holding.approved_by
from holding
inner join marts.dim_accounts as accounts on holding.account_id = accounts.account_id
cross join marts.dim_settings as settings
where
    accounts.is_active
    and (accounts.segment = $segment or $segment = 'all')
    and holding.valid_from <= settings.as_of
    and (holding.valid_to is null or holding.valid_to > settings.as_of)
    and billed_in(holding.account_id, $currency)
order by holding.valid_to nulls last, holding.account_id, holding.kind, holding.what
