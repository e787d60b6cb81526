-- A row is an account and month whose billable seats differ from the sum of its ledger rows.
-- Checked only where the sum is simple: one set of terms the whole month, no commitment, nothing
-- below zero.
with

seat_months as (

    select * from {{ ref('int_seat_months') }}

),

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

terms as (

    select * from {{ ref('int_seat_terms') }}

),

windows as (

    select * from {{ ref('int_month_windows') }}
    where window_seconds > 0

),

ledger as (

    select * from {{ ref('fct_seat_ledger') }}

),

below_zero as (

    select distinct account_id
    from ledger
    where quantity_after < 0 or suspended_after < 0 or suspended_after > quantity_after

),

-- a change counts for the seconds from its time to the window's end, earlier changes for all
-- seconds
weighed as (

    select
        seat_months.account_id,
        seat_months.month,
        sum(
            (
                ledger.quantity_change
                - case when terms.bill_suspended then 0 else ledger.suspended_change end
            )
            * {{ seconds_between(
                'greatest(ledger.effective_at, windows.month_start_at)', 'windows.window_end_at'
            ) }}
        ) as seat_seconds

    from seat_months

    inner join windows
        on seat_months.month = windows.month

    inner join terms
        on
            seat_months.account_id = terms.account_id
            and terms.from_on <= seat_months.month
            and (terms.to_on is null or terms.to_on >= seat_months.month_end)
            and terms.seats_committed = 0

    inner join ledger
        on
            seat_months.account_id = ledger.account_id
            and ledger.effective_at < windows.window_end_at
            and {{ is_billable_role('terms.billable_roles', 'ledger.role') }}

    where seat_months.account_id not in (select below_zero.account_id from below_zero)

    group by seat_months.account_id, seat_months.month

)

select
    weighed.account_id,
    weighed.month,
    weighed.seat_seconds,
    utilization.billable_seats

from weighed

inner join windows
    on weighed.month = windows.month

inner join utilization
    on
        weighed.account_id = utilization.account_id
        and weighed.month = utilization.month

where {{ ratio('weighed.seat_seconds', 'windows.window_seconds') }} <> utilization.billable_seats
