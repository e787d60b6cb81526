with

account_months as (

    select * from {{ ref('int_account_months') }}

),

weights as (

    select * from {{ ref('int_bootstrap_weights') }}

),

segment_months as (

    select * from {{ ref('int_segment_months') }}

),

-- whole numbers (millionths of a seat, thousandths of work, ten-thousandths of money): millions
-- of rows add up fast and, unlike floats, to the same sum in any order
scaled as (

    select
        account_id,
        segment,
        month,
        cast(round(coalesce(end_seats, 0) * 1000000, 0) as bigint) as end_seats,
        cast(round(coalesce(watched_seats, 0) * 1000000, 0) as bigint) as watched_seats,
        cast(round(coalesce(active_seats, 0) * 1000000, 0) as bigint) as active_seats,
        cast(round(coalesce(known_work, 0), 3) * 1000 as bigint) as known_work,
        cast(round(coalesce(automation_work, 0), 3) * 1000 as bigint) as automation_work,
        cast(round(coalesce(mrr_opening, 0), 4) * 10000 as bigint) as mrr_opening,
        cast(round(coalesce(mrr_expansion, 0), 4) * 10000 as bigint) as mrr_expansion,
        cast(round(coalesce(list_amount, 0), 4) * 10000 as bigint) as list_amount,
        cast(round(coalesce(realized_amount, 0), 4) * 10000 as bigint) as realized_amount,
        cast(round(coalesce(unapproved_amount, 0), 4) * 10000 as bigint) as unapproved_amount,
        cast(case when is_exposed is not null then 1 else 0 end as bigint) as margin_accounts,
        cast(case when is_exposed then 1 else 0 end as bigint) as exposed_accounts,
        cast(case when has_shock_ticket is not null then 1 else 0 end as bigint)
            as ticket_accounts,
        cast(case when has_shock_ticket then 1 else 0 end as bigint) as shock_ticket_accounts,
        cast(case when is_shock is not null then 1 else 0 end as bigint) as billed_accounts,
        cast(case when is_shock then 1 else 0 end as bigint) as shocked_accounts

    from account_months

),

-- an account that a draw leaves out adds nothing
weighted as (

    select
        scaled.segment,
        scaled.month,
        weights.draw,
        sum(weights.weight * scaled.end_seats) as end_seats,
        sum(weights.weight * scaled.watched_seats) as watched_seats,
        sum(weights.weight * scaled.active_seats) as active_seats,
        sum(weights.weight * scaled.known_work) as known_work,
        sum(weights.weight * scaled.automation_work) as automation_work,
        sum(weights.weight * scaled.mrr_opening) as mrr_opening,
        sum(weights.weight * scaled.mrr_expansion) as mrr_expansion,
        sum(weights.weight * scaled.list_amount) as list_amount,
        sum(weights.weight * scaled.realized_amount) as realized_amount,
        sum(weights.weight * scaled.unapproved_amount) as unapproved_amount,
        sum(weights.weight * scaled.margin_accounts) as margin_accounts,
        sum(weights.weight * scaled.exposed_accounts) as exposed_accounts,
        sum(weights.weight * scaled.ticket_accounts) as ticket_accounts,
        sum(weights.weight * scaled.shock_ticket_accounts) as shock_ticket_accounts,
        sum(weights.weight * scaled.billed_accounts) as billed_accounts,
        sum(weights.weight * scaled.shocked_accounts) as shocked_accounts

    from scaled

    inner join weights
        on scaled.account_id = weights.account_id

    where weights.weight > 0

    group by scaled.segment, scaled.month, weights.draw

),

draws as (

    select distinct draw from weights

),

grid as (

    select
        segment_months.segment,
        segment_months.month,
        segment_months.month_index,
        draws.draw

    from segment_months

    cross join draws

),

-- `all` is the sum of the segments of the same draw; one scale for all sums, because
-- a union of two widths of money would keep only the decimals of the coarser
drawn as (

    select
        grid.segment,
        grid.month,
        grid.month_index,
        grid.draw,
        cast(
            cast(coalesce(sum(weighted.end_seats), 0) as decimal(38, 0)) * 0.000001
            as decimal(38, 6)
        ) as end_seats,
        cast(
            cast(coalesce(sum(weighted.watched_seats), 0) as decimal(38, 0)) * 0.000001
            as decimal(38, 6)
        ) as watched_seats,
        cast(
            cast(coalesce(sum(weighted.active_seats), 0) as decimal(38, 0)) * 0.000001
            as decimal(38, 6)
        ) as active_seats,
        cast(
            cast(coalesce(sum(weighted.known_work), 0) as decimal(38, 0)) * 0.001
            as decimal(38, 6)
        ) as known_work,
        cast(
            cast(coalesce(sum(weighted.automation_work), 0) as decimal(38, 0)) * 0.001
            as decimal(38, 6)
        ) as automation_work,
        cast(
            cast(coalesce(sum(weighted.mrr_opening), 0) as decimal(38, 0)) * 0.0001
            as decimal(38, 6)
        ) as mrr_opening,
        cast(
            cast(coalesce(sum(weighted.mrr_expansion), 0) as decimal(38, 0)) * 0.0001
            as decimal(38, 6)
        ) as mrr_expansion,
        cast(
            cast(coalesce(sum(weighted.list_amount), 0) as decimal(38, 0)) * 0.0001
            as decimal(38, 6)
        ) as list_amount,
        cast(
            cast(coalesce(sum(weighted.realized_amount), 0) as decimal(38, 0)) * 0.0001
            as decimal(38, 6)
        ) as realized_amount,
        cast(
            cast(coalesce(sum(weighted.unapproved_amount), 0) as decimal(38, 0)) * 0.0001
            as decimal(38, 6)
        ) as unapproved_amount,
        coalesce(sum(weighted.margin_accounts), 0) as margin_accounts,
        coalesce(sum(weighted.exposed_accounts), 0) as exposed_accounts,
        coalesce(sum(weighted.ticket_accounts), 0) as ticket_accounts,
        coalesce(sum(weighted.shock_ticket_accounts), 0) as shock_ticket_accounts,
        coalesce(sum(weighted.billed_accounts), 0) as billed_accounts,
        coalesce(sum(weighted.shocked_accounts), 0) as shocked_accounts

    from grid

    left join weighted
        on
            grid.month = weighted.month
            and grid.draw = weighted.draw
            and grid.segment in ('all', weighted.segment)

    group by grid.segment, grid.month, grid.month_index, grid.draw

)

select * from drawn
