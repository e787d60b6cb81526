select
    compared.name as slice_value,
    max(accounts) as accounts,
    max(value) filter (where metric = 'gross_margin') as gross_margin,
    max(value) filter (where metric = 'cost_to_serve') as cost_to_serve,
    max(value) filter (where metric = 'exposed_share') as exposed_share,
    max(value) filter (where metric = 'discount_leakage') as discount_leakage,
    max(value) filter (where metric = 'unapproved_discount_share')
        as unapproved_discount_share,
    max(value) filter (where metric = 'billing_tickets_per_100_accounts')
        as billing_tickets_per_100_accounts,
    -- thirty days after the month's last invoice the figure is known
    max(value) filter (where metric = 'shock_ticket_share' and not metrics.is_provisional)
        as shock_ticket_share,
    bool_or(is_small) as is_small,
    string_agg(
        distinct coalesce(reason, 'billing tickets can still come'),
        '; '
        order by coalesce(reason, 'billing tickets can still come')
    ) filter (where reason is not null or metrics.is_provisional) as reason
from marts.fct_slice_metrics as metrics
inner join compared_slices($names, $slices, $slice_values) as compared
    on metrics.slice = compared.slice and metrics.slice_value = compared.slice_value
where
    list_contains($metrics, metric)
    and month = (select last_closed_month from marts.dim_settings)
group by compared.name
order by compared.name = 'all', gross_margin nulls last, compared.name
