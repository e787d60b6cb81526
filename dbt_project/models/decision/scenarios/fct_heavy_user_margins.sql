with

windows as (

    select * from {{ ref('int_migration_windows') }}

),

margins as (

    select * from {{ ref('fct_margins') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

scenarios as (

    select * from {{ ref('stg_scenarios') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select
        segment,
        max(case when name = 'heavy_account_share' then fires_at end) as heavy_account_share,
        max(case when name = 'small_cell_accounts' then fires_at end) as least_accounts

    from thresholds

    group by segment

),

last_closed as (

    select max(month) as month
    from calendar_months
    where not is_provisional

),

-- why a cost is missing, of the latest month that lacks one
unknown_costs as (

    select
        account_id,
        max_by(reason, month) as reason

    from margins

    where cost is null

    group by account_id

),

-- the accounts that the margin of a proposal is told of, by what a month of theirs costs
compared as (

    select
        segments.segment,
        windows.scenario_id,
        windows.month,
        windows.account_id,
        windows.current_reporting,
        windows.proposed_reporting,
        windows.cost,
        {{ exact_ratio('windows.cost', '1', 'windows.months') }} as monthly_cost,
        unknown_costs.reason

    from windows

    inner join last_closed
        on windows.month = last_closed.month

    inner join segments
        on segments.segment in ('all', windows.segment)

    left join unknown_costs
        on windows.account_id = unknown_costs.account_id

    where
        windows.window_name = 'trailing_12'
        and windows.has_months
        and windows.current_reporting is not null
        and windows.proposed_reporting is not null

),

ranked as (

    select
        segment,
        scenario_id,
        account_id,
        current_reporting,
        proposed_reporting,
        cost,
        row_number() over (
            partition by segment, scenario_id
            order by monthly_cost desc, account_id asc
        ) as cost_place,
        count(*) over (partition by segment, scenario_id) as costed_accounts

    from compared

    where cost is not null

),

-- a share of the accounts rounded up, so that one is always heavy; whoever costs nothing is not
grouped as (

    select
        ranked.*,
        case
            when
                ranked.cost > 0
                and cast(ranked.cost_place - 1 as integer)
                < cast(ranked.costed_accounts as integer) * limits.heavy_account_share
                then 'heavy'
            else 'other'
        end as account_group

    from ranked

    inner join limits
        on ranked.segment = limits.segment

),

summed as (

    select
        segment,
        scenario_id,
        account_group,
        count(*) as accounts,
        cast(sum(current_reporting) as decimal(38, 4)) as current_revenue,
        cast(sum(proposed_reporting) as decimal(38, 4)) as proposed_revenue,
        cast(sum(cost) as decimal(38, 4)) as cost

    from grouped

    group by segment, scenario_id, account_group

),

told as (

    select
        segment,
        scenario_id,
        max(month) as month,
        count(cost) as costed_accounts,
        count(*) - count(cost) as accounts_left_out,
        max(case when cost is null then reason end) as unknown_reason

    from compared

    group by segment, scenario_id

),

account_groups as (

    select 'heavy' as account_group

    union all

    select 'other' as account_group

),

-- a proposal covers segments row by row under one name
named as (

    select
        scenario_id,
        max(scenario_name) as scenario_name

    from scenarios

    group by scenario_id

),

described as (

    select
        told.segment,
        told.month,
        told.scenario_id,
        named.scenario_name,
        account_groups.account_group,
        limits.heavy_account_share,
        limits.least_accounts,
        coalesce(summed.accounts, 0) as accounts,
        told.accounts_left_out,
        summed.current_revenue,
        summed.proposed_revenue,
        summed.cost,
        case
            when told.costed_accounts = 0
                then coalesce(told.unknown_reason, 'a month without a margin')
            when summed.accounts is null and account_groups.account_group = 'heavy'
                then 'no account that costs anything'
            when summed.accounts is null then 'no other account'
            when summed.current_revenue <= 0 then 'no revenue under the current model'
            when summed.proposed_revenue <= 0 then 'no revenue under the proposal'
        end as reason

    from told

    cross join account_groups

    inner join named
        on told.scenario_id = named.scenario_id

    inner join limits
        on told.segment = limits.segment

    left join summed
        on
            told.segment = summed.segment
            and told.scenario_id = summed.scenario_id
            and account_groups.account_group = summed.account_group

),

measured as (

    select
        *,
        case
            when current_revenue > 0
                then {{ ratio('(current_revenue - cost)', 'current_revenue') }}
        end as current_margin_ratio,
        case
            when proposed_revenue > 0
                then {{ ratio('(proposed_revenue - cost)', 'proposed_revenue') }}
        end as proposed_margin_ratio

    from described

),

final as (

    select
        segment,
        month,
        scenario_id,
        scenario_name,
        account_group,
        heavy_account_share,
        cast(accounts as bigint) as accounts,
        cast(accounts_left_out as bigint) as accounts_left_out,
        current_revenue,
        proposed_revenue,
        cost,
        current_margin_ratio,
        proposed_margin_ratio,
        cast(proposed_margin_ratio - current_margin_ratio as decimal(18, 6)) as margin_change,
        accounts < least_accounts as is_small,
        reason

    from measured

)

select * from final
