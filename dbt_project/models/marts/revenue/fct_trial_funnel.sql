with

trials as (

    select * from {{ ref('fct_trials') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

export_status as (

    select * from {{ ref('stg_export_status') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

missing as (

    select
        coalesce(
            max(case when export = 'accounts' then reason end), 'accounts name no trials'
        ) as reason

    from export_status

),

families as (

    select
        account_id,
        'all' as plan_family

    from trials

    union all

    select
        account_id,
        plan_family

    from trials

),

periods as (

    select
        account_id,
        'all' as period

    from trials

    union all

    select
        account_id,
        substr(cast(trial_started_on as varchar), 1, 7) as period

    from trials

),

-- each trial counts in its segment and for all accounts, in its plan family and in all, in its
-- month and over all months
counted as (

    select
        segments.segment,
        families.plan_family,
        periods.period,
        trials.account_id,
        trials.first_action_on,
        trials.first_charge_on,
        trials.days_to_action,
        trials.days_to_charge,
        trials.action_reason

    from trials

    inner join segments
        on segments.segment in ('all', trials.segment)

    inner join families
        on trials.account_id = families.account_id

    inner join periods
        on trials.account_id = periods.account_id

),

summed as (

    select
        segment,
        plan_family,
        period,
        count(*) as trials,
        count(case when action_reason is null then 1 end) as watched_trials,
        count(first_action_on) as acted_accounts,
        count(first_charge_on) as charged_accounts,
        count(case when first_charge_on >= first_action_on then 1 end)
            as charged_after_acting,
        {{ value_at_rank('days_to_action', '0.5') }} as median_days_to_action,
        {{ value_at_rank('days_to_charge', '0.5') }} as median_days_to_charge

    from counted

    group by segment, plan_family, period

),

described as (

    select
        segment,
        plan_family,
        period,
        cast(trials as bigint) as trials,
        cast(watched_trials as bigint) as watched_trials,
        case when watched_trials > 0 then cast(acted_accounts as bigint) end as acted_accounts,
        case when watched_trials > 0 then cast(charged_after_acting as bigint) end
            as charged_after_acting,
        cast(charged_accounts as bigint) as charged_accounts,
        {{ ratio('acted_accounts', 'watched_trials') }} as acted_share,
        {{ ratio('charged_accounts', 'trials') }} as charged_share,
        cast(median_days_to_action as integer) as median_days_to_action,
        cast(median_days_to_charge as integer) as median_days_to_charge,
        coalesce(trials < least_accounts, false) as is_small,
        case when watched_trials = 0 then 'usage names no users' end as reason

    from summed

    cross join limits

),

-- no trials at all differ from trials of which none progressed
unknown as (

    select
        segments.segment,
        'all' as plan_family,
        'all' as period,
        cast(null as bigint) as trials,
        cast(null as bigint) as watched_trials,
        cast(null as bigint) as acted_accounts,
        cast(null as bigint) as charged_after_acting,
        cast(null as bigint) as charged_accounts,
        cast(null as decimal(18, 6)) as acted_share,
        cast(null as decimal(18, 6)) as charged_share,
        cast(null as integer) as median_days_to_action,
        cast(null as integer) as median_days_to_charge,
        false as is_small,
        missing.reason

    from segments

    cross join missing

    where not exists (select 1 from trials)

),

together as (

    select * from described

    union all

    select * from unknown

)

select * from together
