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

lots as (

    select * from {{ ref('int_wallet_lots') }}

),

-- grace is served beyond the balance and is no part of it
summed_up as (

    select
        wallet_number,
        month_number,
        cast(sum(case when lot_kind <> 'grace' then opening else 0 end) as decimal(28, 6))
            as opening,
        cast(sum(case when lot_kind <> 'grace' then granted else 0 end) as decimal(28, 6))
            as granted,
        cast(sum(case when lot_kind = 'pack' then granted else 0 end) as decimal(28, 6))
            as topped_up,
        cast(sum(case when lot_kind <> 'grace' then rolled_in else 0 end) as decimal(28, 6))
            as rolled_in,
        cast(sum(case when lot_kind <> 'grace' then drawn else 0 end) as decimal(28, 6)) as drawn,
        cast(sum(case when lot_kind = 'grant' then drawn else 0 end) as decimal(28, 6))
            as grant_drawn,
        cast(sum(case when lot_kind = 'grace' then drawn else 0 end) as decimal(28, 6))
            as grace_drawn,
        cast(sum(case when lot_kind <> 'grace' then expired else 0 end) as decimal(28, 6))
            as expired,
        cast(sum(case when lot_kind <> 'grace' then closing else 0 end) as decimal(28, 6))
            as closing,
        -- of the packs, what was left from before
        cast(
            sum(case when lot_kind = 'pack' then least(opening, drawn) else 0 end)
            as decimal(28, 6)
        ) as pack_drawn

    from lots
    group by wallet_number, month_number

),

balanced as (

    select
        wallet_months.*,
        cast(coalesce(credit_usage.credits, 0) as decimal(28, 6)) as demand,
        summed_up.opening,
        summed_up.granted,
        summed_up.topped_up,
        summed_up.rolled_in,
        summed_up.drawn,
        summed_up.grant_drawn,
        summed_up.pack_drawn,
        summed_up.grace_drawn,
        summed_up.expired,
        summed_up.closing,
        -- what neither the wallet nor its grace had, packs bought for it included
        cast(
            coalesce(credit_usage.credits, 0)
            - summed_up.grant_drawn
            - summed_up.pack_drawn
            - summed_up.grace_drawn as decimal(28, 6)
        ) as beyond

    from wallet_months

    inner join summed_up
        on
            wallet_months.wallet_number = summed_up.wallet_number
            and wallet_months.month_number = summed_up.month_number

    left join credit_usage
        on
            wallet_months.wallet_number = credit_usage.wallet_number
            and wallet_months.month_number = credit_usage.month_number

)

select * from balanced
