with

units as (

    select * from {{ ref('int_rated_units') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

discounts as (

    select * from {{ ref('stg_discounts') }}

),

-- a discount holds for the whole service that begins while it is valid; each scope by a join of its
-- own: one over all would compare every unit with every row
named as (

    select
        units.unit_id,
        units.service_start,
        'plan' as scope,
        units.plan_id as scope_id

    from units

    union all

    select
        units.unit_id,
        units.service_start,
        'account' as scope,
        units.account_id as scope_id

    from units

    union all

    select
        units.unit_id,
        units.service_start,
        'segment' as scope,
        accounts.segment as scope_id

    from units

    inner join accounts
        on units.account_id = accounts.account_id

),

matched as (

    select
        named.unit_id,
        discounts.discount_id,
        discounts.ratio,
        discounts.amount

    from named

    inner join discounts
        on
            named.scope = discounts.scope
            and named.scope_id = discounts.scope_id
            and (discounts.valid_from is null or named.service_start >= discounts.valid_from)
            and (discounts.valid_to is null or named.service_start < discounts.valid_to)

),

summed_up as (

    select
        unit_id,
        least(coalesce(sum(ratio), 0), 1) as ratio,
        coalesce(sum(amount), 0) as amount,
        count(*) as discount_count,
        {{ joined_text('discount_id') }} as discount_ids

    from matched
    group by unit_id

),

-- the file overrides what the subscription says
settled as (

    select
        units.unit_id,
        cast(coalesce(summed_up.ratio, units.discount_ratio) as decimal(18, 9)) as ratio,
        cast(coalesce(summed_up.amount, 0) as decimal(18, 4)) as amount,
        case
            when summed_up.unit_id is not null then summed_up.discount_ids
            else 'subscription'
        end as source

    from units

    left join summed_up
        on units.unit_id = summed_up.unit_id

    where
        coalesce(summed_up.ratio, units.discount_ratio) <> 0
        or coalesce(summed_up.amount, 0) <> 0

)

select * from settled
