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

scheduled as (

    select *
    from marts.rollout_schedule(
        $scenario_id, $approach, $currency, $excluded, $leaves_shocked, $segment, $start, $size
    )

)

select
    scheduled.move_wave as wave,
    scheduled.move_place as place_in_wave,
    planned.account_id,
    accounts.account_name,
    accounts.segment,
    if(planned.is_excluded, 'excluded', planned.status) as status,
    planned.reason,
    strftime(scheduled.move_month, '%Y-%m') as month,
    planned.moves_on,
    planned.unlocks_on,
    accounts.account_owner,
    planned.mrr,
    planned.difference_ratio,
    planned.monthly_increase_reporting,
    planned.is_shock,
    planned.sentence
from planned
left join scheduled on planned.account_id = scheduled.account_id
left join marts.dim_accounts as accounts on planned.account_id = accounts.account_id
where planned.segment = $segment
order by
    array_position(
        ['in_wave', 'excluded', 'locked', 'left_out'],
        if(planned.is_excluded, 'excluded', planned.status)
    ),
    scheduled.place, planned.rollout_place, planned.unlocks_on, planned.account_id
