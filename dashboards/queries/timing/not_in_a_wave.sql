with

planned as (

    select
        accounts.*,
        latest.mrr
    from
        marts.rollout_accounts(
            $scenario_id, $approach, $currency, $excluded, $leaves_shocked
        ) as accounts
    left join latest_mrr() as latest on accounts.account_id = latest.account_id

),

staying as (

    select
        if(is_excluded, 'excluded', status) as status,
        case
            when not is_excluded then reason
            when list_contains(string_split($excluded, ','), account_id) then 'by_hand'
            else 'would_be_shocked'
        end as reason,
        mrr,
        unlocks_on
    from planned
    where segment = $segment and (status <> 'in_wave' or is_excluded)

)

select
    status,
    reason,
    count(*) as accounts,
    sum(mrr) as mrr,
    min(unlocks_on) as first_unlocks_on,
    max(unlocks_on) as last_unlocks_on
from staying
group by status, reason
order by
    array_position(['locked', 'excluded', 'left_out'], status) asc, accounts desc, reason asc
