with

carried as (

    select
        month,
        count(*) filter (where is_carried_forward) as carried_accounts
    from marts.fct_mrr_movements
    where
        version = $version
        and (segment = $segment or $segment = 'all')
        and billed_in(account_id, $currency)
    group by month

)

select
    strftime(moved.month, '%Y-%m') as month,
    moved.previous_closing,
    moved.revaluation,
    moved.opening,
    moved.entering,
    moved.leaving,
    moved.new,
    moved.expansion,
    moved.reactivation,
    moved.contraction,
    moved.churn,
    moved.currency_effect,
    moved.restatement,
    moved.closing,
    moved.revaluation_accounts,
    moved.entering_accounts,
    moved.leaving_accounts,
    moved.new_accounts,
    moved.expansion_accounts,
    moved.reactivation_accounts,
    moved.contraction_accounts,
    moved.churn_accounts,
    moved.currency_effect_accounts,
    moved.restatement_accounts,
    moved.closing_accounts,
    moved.reason,
    coalesce(carried.carried_accounts, 0) as carried_accounts,
    arpu.value as arpu,
    coalesce(arpu.reason, 'no revenue per account') as arpu_reason
from marts.fct_slice_movements as moved
left join carried on moved.month = carried.month
left join marts.fct_slice_metrics as arpu
    on
        moved.slice = arpu.slice
        and moved.slice_value = arpu.slice_value
        and moved.month = arpu.month
        and arpu.metric = if($version = 'subscription', 'arpu', 'arpu_with_usage')
where
    moved.slice = $slice and moved.slice_value = $slice_value and moved.version = $version
    and not moved.is_provisional
order by moved.month desc
