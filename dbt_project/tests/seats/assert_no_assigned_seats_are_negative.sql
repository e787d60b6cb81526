-- A row is a ledger row after which fewer than no seats are assigned: the exports remove seats
-- that they never added. A warning, since the ledger tells what was exported and billing counts
-- such seats as none.
{{ config(severity='warn') }}

select
    ledger_id,
    account_id,
    role,
    effective_at,
    quantity_after

from {{ ref('fct_seat_ledger') }}

where quantity_after < 0
