-- A row is a ledger row after which assigned seats are negative: the exports remove seats that they
-- never added. A warning, because the ledger shows what was exported and billing counts such seats
-- as zero.
{{ config(severity='warn') }}

select
    ledger_id,
    account_id,
    role,
    effective_at,
    quantity_after

from {{ ref('fct_seat_ledger') }}

where quantity_after < 0
