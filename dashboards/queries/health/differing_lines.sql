select
    lines.account_id,
    accounts.account_name,
    lines.segment,
    lines.period_start,
    lines.line_kind,
    lines.reason,
    lines.currency,
    lines.expected_amount,
    lines.invoiced_amount,
    lines.difference,
    lines.sentence,
    lines.invoice_id,
    lines.line_id,
    lines.event_id
from marts.fct_invoice_reconciliation as lines
left join marts.dim_accounts as accounts on lines.account_id = accounts.account_id
where
    not lines.is_matched
    and (cast($since as date) is null or lines.period_start >= cast($since as date))
    and (lines.currency = $currency or $currency = 'all')
order by abs(lines.difference) desc, lines.account_id, lines.period_start asc, lines.line_key asc
limit 10000
