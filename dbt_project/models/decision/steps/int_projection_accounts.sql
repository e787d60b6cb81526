with

accounts as (

    select * from {{ ref('int_accounts') }}
    where is_active

),

scenarios as (

    select names.* from ({{ scenario_names(ref('stg_scenarios')) }}) as names

),

rollout_accounts as (

    select * from {{ ref('int_rollout_accounts') }}

),

windows as (

    select * from {{ ref('int_migration_windows') }}

),

bills as (

    select * from {{ ref('int_projection_bills') }}

),

churn_assumptions as (

    select * from {{ ref('stg_churn_assumptions') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

cases as (

    select assumed.assumption_case
    from (values ('low'), ('middle'), ('high')) as assumed (assumption_case)

),

-- the rise that limits are judged on; where there are too few months for it, that of the base bills
proposed_bases as (

    select
        proposed.account_id,
        proposed.scenario_id,
        case
            when today.amount > 0
                then {{ ratio('proposed.amount - today.amount', 'today.amount') }}
            when proposed.amount > 0 then cast(999999 as decimal(18, 6))
            else cast(0 as decimal(18, 6))
        end as increase_ratio

    from bills as proposed

    inner join bills as today
        on
            proposed.account_id = today.account_id
            and today.scenario_id = 'current'
            and proposed.month_ahead = today.month_ahead

    where
        proposed.scenario_id <> 'current'
        and proposed.assumption_case = 'low'
        and proposed.month_ahead = 0

),

rises as (

    select
        proposed_bases.account_id,
        proposed_bases.scenario_id,
        coalesce(windows.lasting_ratio, proposed_bases.increase_ratio) as increase_ratio

    from proposed_bases

    cross join last_closed

    left join windows
        on
            proposed_bases.account_id = windows.account_id
            and proposed_bases.scenario_id = windows.scenario_id
            and last_closed.month = windows.month
            and windows.window_name = 'trailing_12'
            and windows.has_months

),

-- the highest band that the rise reaches
churned as (

    select
        rises.account_id,
        rises.scenario_id,
        churn_assumptions.assumption_case,
        max_by(churn_assumptions.extra_churn_ratio, churn_assumptions.increase_over)
            as extra_churn_ratio

    from rises

    inner join churn_assumptions
        on rises.increase_ratio >= churn_assumptions.increase_over

    group by rises.account_id, rises.scenario_id, churn_assumptions.assumption_case

),

-- a month after the last closed one is the first in which anything can change
placed as (

    select
        accounts.account_id,
        accounts.segment,
        scenarios.scenario_id,
        cases.assumption_case,
        rises.account_id is not null as can_move,
        rollout_accounts.account_id is not null as is_covered,
        coalesce(rollout_accounts.uptake, 'all') as uptake,
        rollout_accounts.max_increase_ratio,
        rollout_accounts.max_increase_periods,
        greatest(
            {{ months_between(
                'last_closed.month',
                month_of(
                    "case when rollout_accounts.uptake = 'all' then rollout_accounts.free_on"
                    ~ " else rollout_accounts.first_on end"
                )
            ) }},
            1
        ) as moves_ahead,
        -- who is moved may leave over it, who chose it does not
        coalesce(churned.extra_churn_ratio, 0) as band_churn_ratio,
        case
            when rollout_accounts.uptake = 'all' then coalesce(churned.extra_churn_ratio, 0)
            else 0
        end as extra_churn_ratio,
        -- a position before the first period counts back from it
        case accounts.billing_interval when 'year' then 12 when 'quarter' then 3 else 1 end
            as interval_months,
        {{ months_between(
            month_of('coalesce(accounts.renewal_date, accounts.started_on)'), 'last_closed.month'
        ) }} as months_since_period

    from accounts

    cross join scenarios

    cross join cases

    cross join last_closed

    left join rollout_accounts
        on
            accounts.account_id = rollout_accounts.account_id
            and scenarios.scenario_id = rollout_accounts.scenario_id

    left join rises
        on
            accounts.account_id = rises.account_id
            and scenarios.scenario_id = rises.scenario_id

    left join churned
        on
            accounts.account_id = churned.account_id
            and scenarios.scenario_id = churned.scenario_id
            and cases.assumption_case = churned.assumption_case

),

billed as (

    select
        placed.*,
        today.month_ahead,
        today.amount as current_amount,
        today.advance_amount as current_advance,
        proposed.amount as proposed_amount,
        proposed.advance_amount as proposed_advance,
        proposed.interval_months as proposed_interval,
        coalesce(
            proposed.amount is not null
            and placed.can_move
            and today.month_ahead >= placed.moves_ahead
            and (placed.uptake <> 'opt_in' or proposed.amount < today.amount),
            false
        ) as is_moved,
        coalesce(
            placed.max_increase_ratio is not null
            and (
                placed.max_increase_periods is null
                or today.month_ahead < placed.moves_ahead + placed.max_increase_periods
            ),
            false
        ) as is_held

    from placed

    inner join bills as today
        on
            placed.account_id = today.account_id
            and today.scenario_id = 'current'

    left join bills as proposed
        on
            placed.account_id = proposed.account_id
            and placed.scenario_id = proposed.scenario_id
            and placed.assumption_case = proposed.assumption_case
            and today.month_ahead = proposed.month_ahead

),

chosen as (

    select
        account_id,
        segment,
        scenario_id,
        assumption_case,
        month_ahead,
        is_covered,
        is_moved,
        cast(1 - case when is_moved then extra_churn_ratio else 0 end as decimal(20, 6))
            as staying,
        cast(
            case
                when is_moved and is_held
                    then
                        {{ capped_rise(
                            'proposed_amount', 'current_amount', 'max_increase_ratio'
                        ) }}
                when is_moved then proposed_amount
                else current_amount
            end as decimal(18, 4)
        ) as amount,
        cast(case when is_moved then proposed_advance else current_advance end as decimal(18, 4))
            as advance_amount,
        case when is_moved then proposed_interval else interval_months end as interval_months,
        case
            when is_moved then month_ahead - moves_ahead
            else months_since_period + month_ahead
        end as months_into,
        can_move,
        uptake,
        moves_ahead,
        band_churn_ratio,
        max_increase_ratio,
        max_increase_periods,
        current_amount,
        proposed_amount,
        proposed_advance,
        proposed_interval

    from billed

),

stayed as (

    select
        chosen.*,
        {{ stayed_amount('amount', 'staying') }} as revenue,
        {{ stayed_amount('least(advance_amount, amount)', 'staying') }} as stayed_advance

    from chosen

),

weighed as (

    select
        account_id,
        segment,
        scenario_id,
        assumption_case,
        month_ahead,
        is_covered,
        is_moved,
        staying,
        amount,
        revenue,
        cast(revenue - stayed_advance as decimal(18, 4)) as unbilled,
        {{ deferred_amount('stayed_advance', 'interval_months', 'months_into') }} as deferred,
        can_move,
        uptake,
        moves_ahead,
        band_churn_ratio,
        max_increase_ratio,
        max_increase_periods,
        current_amount,
        proposed_amount,
        proposed_advance,
        proposed_interval

    from stayed

),

-- cash is what is invoiced: work of the month before, and periods as they begin
final as (

    select
        account_id,
        scenario_id,
        assumption_case,
        month_ahead,
        segment,
        is_covered,
        is_moved,
        cast(staying as decimal(18, 6)) as staying,
        amount,
        revenue,
        unbilled,
        deferred,
        cast(
            revenue - unbilled + deferred
            + lag(unbilled) over month_before - lag(deferred) over month_before
            as decimal(18, 4)
        ) as cash,
        can_move,
        uptake,
        moves_ahead,
        band_churn_ratio,
        max_increase_ratio,
        max_increase_periods,
        current_amount,
        proposed_amount,
        proposed_advance,
        proposed_interval

    from weighed

    window
        month_before as (
            partition by account_id, scenario_id, assumption_case order by month_ahead
        )

)

select * from final
