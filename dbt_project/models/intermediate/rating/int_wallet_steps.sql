with

wallet_months as (

    select * from {{ ref('int_wallet_months') }}

),

credit_usage as (

    select
        wallet_number,
        month_number,
        cast(sum(credits) as decimal(28, 6)) as credits

    from {{ ref('int_credit_usage') }}
    group by wallet_number, month_number

),

grants as (

    select * from {{ ref('int_wallet_grants') }}

),

months as (

    select
        wallet_months.wallet_number,
        wallet_months.month_number,
        coalesce(credit_usage.credits, 0) as demand,
        wallet_months.topup_credits,
        not wallet_months.is_provisional as is_closed,
        wallet_months.is_last

    from wallet_months

    left join credit_usage
        on
            wallet_months.wallet_number = credit_usage.wallet_number
            and wallet_months.month_number = credit_usage.month_number

),

-- work within the grace of a grant is served when nothing is left, as long as the grant lives
lots as (

    select
        wallet_number,
        grant_number,
        'grant' as lot_kind,
        credits,
        rollover_credits,
        enters_number,
        last_number,
        rolled_last_number,
        draw_order,
        rolled_draw_order

    from grants

    union all

    select
        wallet_number,
        grant_number,
        'grace' as lot_kind,
        grace_credits as credits,
        cast(0 as decimal(28, 6)) as rollover_credits,
        enters_number,
        last_number,
        cast(null as integer) as rolled_last_number,
        draw_order + 2000000000000000000 as draw_order,
        cast(null as bigint) as rolled_draw_order

    from grants
    where grace_credits > 0

),

steps as (

    select
        wallet_number,
        month_number,
        true as is_month,
        cast(0 as integer) as grant_number,
        'pack' as lot_kind,
        demand,
        topup_credits,
        is_closed,
        is_last,
        cast(0 as decimal(28, 6)) as credits,
        cast(0 as decimal(28, 6)) as rollover_credits,
        cast(null as integer) as last_number,
        cast(null as integer) as rolled_last_number,
        cast(null as bigint) as draw_order,
        cast(null as bigint) as rolled_draw_order

    from months

    union all

    select
        lots.wallet_number,
        months.month_number,
        false as is_month,
        lots.grant_number,
        lots.lot_kind,
        months.demand,
        months.topup_credits,
        months.is_closed,
        months.is_last,
        lots.credits,
        lots.rollover_credits,
        lots.last_number,
        lots.rolled_last_number,
        lots.draw_order,
        lots.rolled_draw_order

    from lots

    inner join months
        on
            lots.wallet_number = months.wallet_number
            and lots.enters_number = months.month_number

)

select * from steps
