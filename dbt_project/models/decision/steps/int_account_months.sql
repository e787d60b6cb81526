with

accounts as (

    select * from {{ ref('int_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

seat_terms as (

    select * from {{ ref('int_seat_terms') }}

),

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

margins as (

    select * from {{ ref('fct_margins') }}

),

leakage as (

    select * from {{ ref('fct_discount_leakage') }}

),

tickets as (

    select * from {{ ref('fct_support_load') }}

),

bills as (

    select * from {{ ref('fct_bill_shock') }}

),

-- work is the value meter only; any meter shows that usage arrived
work as (

    select
        usage_monthly.account_id,
        usage_monthly.month,
        sum(case when usage_monthly.meter = settings.value_meter then usage_monthly.quantity end)
            as work,
        sum(
            case
                when
                    usage_monthly.meter = settings.value_meter
                    and usage_monthly.actor_type <> 'unknown'
                    then usage_monthly.quantity
            end
        ) as known_work,
        sum(
            case
                when
                    usage_monthly.meter = settings.value_meter
                    and usage_monthly.actor_type = 'automation'
                    then usage_monthly.quantity
            end
        ) as automation_work

    from usage_monthly

    cross join settings

    group by usage_monthly.account_id, usage_monthly.month

),

-- the recurring part without metered usage: a usage charge is no expansion of seats
recurring as (

    select
        account_id,
        month,
        sum(opening_reporting) as mrr_opening,
        sum(expansion_reporting) as mrr_expansion,
        sum(closing_reporting) as mrr,
        max(case when is_carried_forward then 1 else 0 end) as carried_forward

    from movements

    where version = 'subscription'

    group by account_id, month

),

-- an anchor month that is not over would count half a bill
closed_bills as (

    select
        account_id,
        month,
        is_shock

    from bills

    where scenario_id = 'invoiced' and not is_provisional and is_shock is not null

),

-- without a charge for seats, no seat is missing
seat_months as (

    select
        seat_terms.account_id,
        calendar_months.month

    from seat_terms

    inner join calendar_months
        on
            seat_terms.from_on < calendar_months.month_end
            and (seat_terms.to_on is null or seat_terms.to_on > calendar_months.month)

    group by seat_terms.account_id, calendar_months.month

),

known as (

    select
        account_id,
        month
    from utilization

    union distinct

    select
        account_id,
        month
    from work

    union distinct

    select
        account_id,
        month
    from recurring

    union distinct

    select
        account_id,
        month
    from margins

    union distinct

    select
        account_id,
        month
    from leakage

    union distinct

    select
        account_id,
        month
    from tickets

    union distinct

    select
        account_id,
        month
    from closed_bills

),

joined as (

    select
        known.account_id,
        accounts.segment,
        known.month,
        calendar_months.month_index,
        utilization.end_seats,
        utilization.billable_seats,
        case when utilization.active_seats is not null then utilization.billable_seats end
            as watched_seats,
        utilization.active_seats,
        utilization.reason as utilization_reason,
        seat_months.account_id is not null as bills_seats,
        work.account_id is not null as has_usage,
        work.work,
        work.known_work,
        work.automation_work,
        recurring.mrr_opening,
        recurring.mrr_expansion,
        recurring.mrr,
        coalesce(recurring.carried_forward, 0) = 1 as is_carried_forward,
        margins.revenue,
        margins.cost,
        margins.is_exposed,
        margins.reason as margin_reason,
        case
            when leakage.realized_amount_reporting is not null then leakage.list_amount_reporting
        end as list_amount,
        case
            when leakage.list_amount_reporting is not null then leakage.realized_amount_reporting
        end as realized_amount,
        case
            when
                leakage.list_amount_reporting is not null
                and leakage.realized_amount_reporting is not null
                then {{ converted_money('leakage.unapproved_amount', 'month_rates.rate') }}
        end as unapproved_amount,
        coalesce(leakage.unapproved_amount > 0, false) as has_unapproved,
        case when tickets.is_invoiced then tickets.has_shock_ticket end as has_shock_ticket,
        coalesce(tickets.has_open_window, false) as has_open_window,
        tickets.reason as ticket_reason,
        closed_bills.is_shock

    from known

    inner join accounts
        on known.account_id = accounts.account_id

    inner join calendar_months
        on known.month = calendar_months.month

    left join utilization
        on known.account_id = utilization.account_id and known.month = utilization.month

    left join seat_months
        on known.account_id = seat_months.account_id and known.month = seat_months.month

    left join work
        on known.account_id = work.account_id and known.month = work.month

    left join recurring
        on known.account_id = recurring.account_id and known.month = recurring.month

    left join margins
        on known.account_id = margins.account_id and known.month = margins.month

    left join leakage
        on known.account_id = leakage.account_id and known.month = leakage.month

    left join month_rates
        on leakage.currency = month_rates.currency and leakage.month = month_rates.month

    left join tickets
        on known.account_id = tickets.account_id and known.month = tickets.month

    left join closed_bills
        on known.account_id = closed_bills.account_id and known.month = closed_bills.month

),

-- usage is complete where any came in the last three months: a quiet month is not a lost file
covered as (

    select
        *,
        mrr > 0
        and (billable_seats is not null or not bills_seats)
        and not is_carried_forward
        and max(case when has_usage then 1 else 0 end) over (
            partition by account_id
            order by month_index
            range between 2 preceding and current row
        ) = 1 as is_complete

    from joined

)

select * from covered
