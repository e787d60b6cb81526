select
    effective_at,
    recorded_at,
    event_type,
    role,
    quantity_change,
    quantity_after,
    suspended_change,
    event_id,
    corrects_event_id,
    source_file,
    source_row
from marts.fct_seat_ledger
where account_id = $account_id
order by effective_at desc, ledger_id asc
limit 500
