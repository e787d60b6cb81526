-- A row is an account whose seats at the end of its ledger differ from the sum of its exported
-- events.
with

ledger as (

    select * from {{ ref('fct_seat_ledger') }}

),

seat_events as (

    select * from {{ ref('stg_seat_events') }}

),

last_rows as (

    select
        account_id,
        quantity_after,
        row_number() over (
            partition by account_id, subscription_id, role
            order by effective_at desc, recorded_at desc, event_id desc
        ) as row_rank

    from ledger

),

ends as (

    select
        account_id,
        sum(quantity_after) as end_quantity

    from last_rows

    where row_rank = 1

    group by account_id

),

-- moving or suspending seats does not change the sum
exported as (

    select
        account_id,
        sum(
            case event_type
                when 'add' then quantity
                when 'correction' then quantity
                when 'remove' then -abs(quantity)
                else 0
            end
        ) as end_quantity

    from seat_events

    group by account_id

)

select
    exported.account_id,
    exported.end_quantity as exported_quantity,
    ends.end_quantity as ledger_quantity

from exported

left join ends
    on exported.account_id = ends.account_id

where exported.end_quantity <> coalesce(ends.end_quantity, 0)
