with

lines as (

    select
        *,
        row_number() over (partition by scenario_id, cause order by line_number) as place
    from marts.fct_shadow_bill_lines
    where account_id = $account_id and strftime(month, '%Y-%m') = $month

),

current_lines as (

    select * from lines
    where scenario_id = 'current'

),

proposed_lines as (

    select * from lines
    where scenario_id = $scenario_id

)

select
    coalesce(current_lines.cause, proposed_lines.cause) as cause,
    current_lines.charge_name as current_line,
    current_lines.amount as current_amount,
    proposed_lines.charge_name as proposed_line,
    proposed_lines.amount as proposed_amount,
    coalesce(proposed_lines.amount, 0) - coalesce(current_lines.amount, 0) as difference,
    current_lines.explanation as current_explanation,
    proposed_lines.explanation as proposed_explanation,
    coalesce(proposed_lines.price_version, current_lines.price_version) as price_version,
    coalesce(proposed_lines.event_id, current_lines.event_id) as event_id
from current_lines
full outer join proposed_lines
    on
        current_lines.cause = proposed_lines.cause
        and current_lines.place = proposed_lines.place
order by coalesce(current_lines.line_number, 100000 + proposed_lines.line_number)
