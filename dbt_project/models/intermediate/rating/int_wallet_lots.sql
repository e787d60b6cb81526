with recursive

steps as (

    select * from {{ ref('int_wallet_steps') }}

),

-- every wallet has its first month
wallets as (

    select wallet_number from steps
    where is_month and month_number = 0

),

-- the packs of a wallet, empty at first, carry it from each month to the next and bring in what is
-- granted there; every other lot goes on while something is left of it
lots as (

    select
        wallets.wallet_number,
        cast(-1 as integer) as month_number,
        cast(0 as integer) as grant_number,
        'pack' as lot_kind,
        cast(1000000000000000000 as bigint) as draw_order,
        cast(null as bigint) as rolled_draw_order,
        cast(null as integer) as last_number,
        cast(null as integer) as rolled_last_number,
        cast(0 as decimal(28, 6)) as rollover_credits,
        cast(0 as decimal(28, 6)) as opening,
        cast(0 as decimal(28, 6)) as granted,
        cast(0 as decimal(28, 6)) as rolled_in,
        cast(0 as decimal(28, 6)) as drawn,
        cast(0 as decimal(28, 6)) as expired,
        cast(0 as decimal(28, 6)) as rolled_out,
        cast(0 as decimal(28, 6)) as closing

    from wallets

    union all

    (
        with

        -- what has rolled takes its new place and its new end, and rolls no more
        carried as (

            select
                steps.wallet_number,
                steps.month_number,
                steps.demand,
                steps.topup_credits,
                steps.is_closed,
                steps.is_last,
                case when steps.is_month then lots.grant_number else steps.grant_number end
                    as grant_number,
                case when steps.is_month then lots.lot_kind else steps.lot_kind end as lot_kind,
                case
                    when not steps.is_month then steps.draw_order
                    when lots.rolled_out > 0 then lots.rolled_draw_order
                    else lots.draw_order
                end as draw_order,
                case
                    when not steps.is_month then steps.rolled_draw_order
                    when lots.rolled_out > 0 then null
                    else lots.rolled_draw_order
                end as rolled_draw_order,
                case
                    when not steps.is_month then steps.last_number
                    when lots.rolled_out > 0 then lots.rolled_last_number
                    else lots.last_number
                end as last_number,
                case
                    when not steps.is_month then steps.rolled_last_number
                    when lots.rolled_out > 0 then null
                    else lots.rolled_last_number
                end as rolled_last_number,
                case when steps.is_month then lots.rollover_credits else steps.rollover_credits end
                    as rollover_credits,
                case
                    when steps.is_month and lots.rolled_out = 0 then lots.closing
                    else cast(0 as decimal(28, 6))
                end as opening,
                case
                    when steps.is_month and lots.rolled_out > 0 then lots.closing
                    else cast(0 as decimal(28, 6))
                end as rolled_in,
                steps.credits,
                case when steps.is_month then lots.closing else steps.credits end as balance

            from lots

            inner join steps
                on
                    lots.wallet_number = steps.wallet_number
                    and lots.month_number + 1 = steps.month_number
                    and (lots.lot_kind = 'pack' or (steps.is_month and lots.closing > 0))

        ),

        ranked as (

            select
                carried.*,
                coalesce(
                    sum(balance) over (
                        partition by wallet_number
                        order by draw_order
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                ) as drawn_before,
                sum(balance) over (
                    partition by wallet_number
                    order by draw_order
                    rows between unbounded preceding and unbounded following
                ) as total

            from carried

        ),

        -- packs are bought once everything else is used up, as many as the work needs
        topped_up as (

            select
                ranked.*,
                cast(
                    case
                        when lot_kind = 'pack' and topup_credits is not null
                            then greatest(demand - total, 0)
                        else 0
                    end as decimal(28, 6)
                ) as bought_for,
                cast(least(balance, greatest(demand - drawn_before, 0)) as decimal(28, 6))
                    as drawn_from_balance

            from ranked

        ),

        drawn_down as (

            select
                topped_up.*,
                cast(
                    credits
                    + coalesce(
                        {{ whole_packages('bought_for', 'topup_credits') }} * topup_credits, 0
                    ) as decimal(28, 6)
                ) as granted,
                cast(drawn_from_balance + bought_for as decimal(28, 6)) as drawn,
                is_closed and (is_last or coalesce(last_number <= month_number, false))
                    as is_ending

            from topped_up

        ),

        ended as (

            select
                drawn_down.*,
                cast(opening + granted + rolled_in - drawn as decimal(28, 6)) as remaining,
                cast(
                    case
                        when is_ending and not is_last and rolled_last_number is not null
                            then least(opening + granted + rolled_in - drawn, rollover_credits)
                        else 0
                    end as decimal(28, 6)
                ) as rolled_out

            from drawn_down

        )

        select
            wallet_number,
            month_number,
            grant_number,
            lot_kind,
            draw_order,
            rolled_draw_order,
            last_number,
            rolled_last_number,
            rollover_credits,
            opening,
            granted,
            rolled_in,
            drawn,
            cast(case when is_ending then remaining - rolled_out else 0 end as decimal(28, 6))
                as expired,
            rolled_out,
            cast(case when is_ending then rolled_out else remaining end as decimal(28, 6))
                as closing

        from ended
    )

),

walked as (

    select * from lots
    where month_number >= 0

)

select * from walked
