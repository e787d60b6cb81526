with

account_months as (

    select * from {{ ref('int_account_months') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

memberships as (

    select
        segments.segment,
        account_months.account_id,
        account_months.month,
        account_months.end_seats,
        account_months.billable_seats,
        account_months.watched_seats,
        account_months.active_seats,
        account_months.utilization_reason,
        account_months.work,
        account_months.known_work,
        account_months.automation_work,
        account_months.mrr_opening,
        account_months.mrr_expansion,
        account_months.mrr,
        account_months.revenue,
        account_months.is_exposed,
        account_months.margin_reason,
        account_months.list_amount,
        account_months.realized_amount,
        account_months.unapproved_amount,
        account_months.has_unapproved,
        account_months.has_shock_ticket,
        account_months.has_open_window,
        account_months.ticket_reason,
        account_months.is_shock,
        account_months.is_complete

    from account_months

    inner join segments
        on segments.segment in ('all', account_months.segment)

),

summed as (

    select
        segment,
        month,
        sum(end_seats) as end_seats,
        sum(watched_seats) as watched_seats,
        sum(active_seats) as active_seats,
        sum(work) as work,
        sum(known_work) as known_work,
        sum(automation_work) as automation_work,
        sum(mrr_opening) as mrr_opening,
        sum(mrr_expansion) as mrr_expansion,
        sum(mrr) as mrr,
        sum(case when mrr > 0 then mrr end) as mrr_positive,
        sum(case when is_complete then mrr end) as mrr_complete,
        sum(revenue) as revenue,
        sum(list_amount) as list_amount,
        sum(realized_amount) as realized_amount,
        sum(unapproved_amount) as unapproved_amount,
        count(is_exposed) as margin_accounts,
        sum(case when is_exposed then 1 else 0 end) as exposed_accounts,
        count(has_shock_ticket) as ticket_accounts,
        sum(case when has_shock_ticket then 1 else 0 end) as shock_ticket_accounts,
        sum(case when has_open_window then 1 else 0 end) as open_ticket_accounts,
        count(is_shock) as billed_accounts,
        sum(case when is_shock then 1 else 0 end) as shocked_accounts,
        sum(case when mrr > 0 then 1 else 0 end) as active_accounts,
        sum(case when mrr_opening > 0 then 1 else 0 end) as opening_accounts,
        sum(case when end_seats > 0 then 1 else 0 end) as seat_accounts,
        sum(case when watched_seats > 0 then 1 else 0 end) as watched_accounts,
        sum(case when known_work > 0 then 1 else 0 end) as working_accounts,
        sum(case when list_amount is not null and realized_amount is not null then 1 else 0 end)
            as listed_accounts,
        sum(case when has_unapproved then 1 else 0 end) as unapproved_accounts,
        max(utilization_reason) as utilization_reason,
        max(margin_reason) as margin_reason,
        max(ticket_reason) as ticket_reason

    from memberships

    group by segment, month

),

-- every month of every segment has its row, so that a look back three months is three rows
dense as (

    select
        segments.segment,
        calendar_months.month,
        calendar_months.month_index,
        calendar_months.is_provisional,
        cast(coalesce(summed.end_seats, 0) as decimal(38, 6)) as end_seats,
        cast(coalesce(summed.watched_seats, 0) as decimal(38, 6)) as watched_seats,
        cast(coalesce(summed.active_seats, 0) as decimal(38, 6)) as active_seats,
        cast(coalesce(summed.work, 0) as decimal(38, 6)) as work,
        cast(coalesce(summed.known_work, 0) as decimal(38, 6)) as known_work,
        cast(coalesce(summed.automation_work, 0) as decimal(38, 6)) as automation_work,
        cast(coalesce(summed.mrr_opening, 0) as decimal(38, 6)) as mrr_opening,
        cast(coalesce(summed.mrr_expansion, 0) as decimal(38, 6)) as mrr_expansion,
        cast(coalesce(summed.mrr, 0) as decimal(38, 6)) as mrr,
        cast(coalesce(summed.mrr_positive, 0) as decimal(38, 6)) as mrr_positive,
        cast(coalesce(summed.mrr_complete, 0) as decimal(38, 6)) as mrr_complete,
        cast(coalesce(summed.revenue, 0) as decimal(38, 6)) as revenue,
        cast(coalesce(summed.list_amount, 0) as decimal(38, 6)) as list_amount,
        cast(coalesce(summed.realized_amount, 0) as decimal(38, 6)) as realized_amount,
        cast(coalesce(summed.unapproved_amount, 0) as decimal(38, 6)) as unapproved_amount,
        coalesce(summed.margin_accounts, 0) as margin_accounts,
        coalesce(summed.exposed_accounts, 0) as exposed_accounts,
        coalesce(summed.ticket_accounts, 0) as ticket_accounts,
        coalesce(summed.shock_ticket_accounts, 0) as shock_ticket_accounts,
        coalesce(summed.open_ticket_accounts, 0) as open_ticket_accounts,
        coalesce(summed.billed_accounts, 0) as billed_accounts,
        coalesce(summed.shocked_accounts, 0) as shocked_accounts,
        coalesce(summed.active_accounts, 0) as active_accounts,
        coalesce(summed.opening_accounts, 0) as opening_accounts,
        coalesce(summed.seat_accounts, 0) as seat_accounts,
        coalesce(summed.watched_accounts, 0) as watched_accounts,
        coalesce(summed.working_accounts, 0) as working_accounts,
        coalesce(summed.listed_accounts, 0) as listed_accounts,
        coalesce(summed.unapproved_accounts, 0) as unapproved_accounts,
        summed.utilization_reason,
        summed.margin_reason,
        summed.ticket_reason

    from segments

    cross join calendar_months

    left join summed
        on segments.segment = summed.segment and calendar_months.month = summed.month

)

select * from dense
