with

segment_scenarios as (

    select * from {{ ref('fct_segment_scenarios') }}

),

account_moves as (

    select * from {{ ref('fct_account_moves') }}

),

outcomes as (

    select * from {{ ref('fct_scenario_outcomes') }}

),

flips as (

    select * from {{ ref('fct_scenario_flips') }}
    where is_nearest

),

segments as (

    select * from {{ ref('int_segments') }}

),

latest as (

    select max(month) as month from segment_scenarios

),

judged as (

    select segment_scenarios.*

    from segment_scenarios

    inner join latest
        on segment_scenarios.month = latest.month

),

deciding as (

    select * from judged
    where is_deciding

),

years as (

    select * from judged
    where judged.window = 'next_12'

),

-- who pays most more comes first; of equals the first by id
members as (

    select
        segments.segment,
        account_moves.*,
        row_number() over (
            partition by segments.segment, account_moves.scenario_id
            order by
                case when account_moves.first_bill_difference > 0 then 0 else 1 end asc,
                account_moves.first_bill_difference desc,
                account_moves.account_id asc
        ) as place

    from account_moves

    inner join segments
        on segments.segment in ('all', account_moves.segment)

),

summed as (

    select
        segment,
        scenario_id,
        count(*) as movers,
        min(moves_in) as first_move,
        max(moves_in) as last_move,
        count(first_bill_difference) as first_bills,
        sum(case when first_bill_difference > 0 then 1 else 0 end) as pay_more,
        sum(case when first_bill_difference > 0 then first_bill_difference else 0 end)
            as pay_more_reporting,
        sum(case when is_first_bill_shock then 1 else 0 end) as shocked,
        max(case when place = 1 and first_bill_difference > 0 then account_id end)
            as worst_account_id,
        max(case when place = 1 and first_bill_difference > 0 then first_bill_difference end)
            as worst_difference,
        max(case when place = 1 and first_bill_difference > 0 then first_bill_change end)
            as worst_change

    from members

    group by segment, scenario_id

),

simulated as (

    select
        segment,
        scenario_id,
        count(*) as simulations,
        sum(case when is_gain then 1 else 0 end) as gains

    from outcomes

    where outcomes.window = 'next_12'

    group by segment, scenario_id

),

final as (

    select
        deciding.segment,
        deciding.scenario_id,
        deciding.month,
        deciding.scenario_name,
        cast(coalesce(summed.movers, 0) as bigint) as movers,
        cast(summed.first_move as date) as first_move,
        cast(summed.last_move as date) as last_move,
        cast(years.accounts as bigint) as year_accounts,
        cast(round(years.expected_gain * 12, 4) as decimal(38, 4)) as yearly_gain,
        cast(round(years.expected_gain_low * 12, 4) as decimal(38, 4)) as yearly_gain_low,
        cast(round(years.expected_gain_high * 12, 4) as decimal(38, 4)) as yearly_gain_high,
        case
            when years.accounts is null then 'no_year_projected'
            when years.expected_gain is null then 'no_churn_assumptions'
        end as yearly_gain_reason,
        cast(simulated.simulations as bigint) as simulations,
        cast(simulated.gains as bigint) as gains,
        deciding.window as deciding_window,
        deciding.keeps_every_window,
        deciding.broken_in_windows,
        deciding.is_small,
        cast(coalesce(summed.first_bills, 0) as bigint) as first_bills,
        cast(case when summed.first_bills > 0 then summed.pay_more end as bigint) as pay_more,
        cast(
            case when summed.first_bills > 0 then summed.pay_more_reporting end as decimal(38, 4)
        ) as pay_more_reporting,
        cast(case when summed.first_bills > 0 then summed.shocked end as bigint) as shocked,
        summed.worst_account_id,
        cast(summed.worst_difference as decimal(18, 4)) as worst_difference,
        cast(summed.worst_change as decimal(18, 6)) as worst_change,
        cast(flips.increase_over as decimal(18, 6)) as flip_increase_over,
        cast(flips.next_increase_over as decimal(18, 6)) as flip_next_increase_over,
        cast(flips.assumed_churn as decimal(18, 6)) as flip_assumed_churn,
        cast(flips.critical_churn as decimal(18, 6)) as flip_critical_churn

    from deciding

    left join years
        on
            deciding.segment = years.segment
            and deciding.scenario_id = years.scenario_id

    left join summed
        on
            deciding.segment = summed.segment
            and deciding.scenario_id = summed.scenario_id

    left join simulated
        on
            deciding.segment = simulated.segment
            and deciding.scenario_id = simulated.scenario_id

    left join flips
        on
            deciding.segment = flips.segment
            and deciding.scenario_id = flips.scenario_id
            and deciding.window = flips.window

)

select * from final
