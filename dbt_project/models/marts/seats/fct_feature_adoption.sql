{% set measures = [
    'accounts', 'entering_accounts', 'new_accounts', 'leaving_accounts',
    'users', 'entering_users', 'new_users', 'leaving_users'
] %}

with

usage_daily as (

    select * from {{ ref('int_usage_daily') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

feature_users as (

    select * from {{ ref('int_feature_users') }}

),

-- an account uses a feature if anyone or anything in it does; a user only if named
subjects as (

    select
        account_id,
        feature,
        cast(null as varchar) as user_id,
        'accounts' as kind,
        month

    from feature_users

    group by account_id, feature, month

    union all

    select
        account_id,
        feature,
        user_id,
        'users' as kind,
        month

    from feature_users
    where user_id <> ''

),

neighboured as (

    select
        subjects.*,
        lag(month) over used_before as month_before,
        lead(month) over used_before as month_after

    from subjects

    window
        used_before as (
            partition by account_id, feature, kind, user_id
            order by month
        )

),

-- an account that used it in one month and not in the next leaves in the next
moves as (

    select
        account_id,
        feature,
        kind,
        month,
        1 as used,
        case
            when month_before is null or month_before < {{ add_months('month', '-1') }} then 1
            else 0
        end as entering,
        case when month_before is null then 1 else 0 end as is_new,
        0 as leaving

    from neighboured

    union all

    select
        account_id,
        feature,
        kind,
        {{ add_months('month', '1') }} as month,
        0 as used,
        0 as entering,
        0 as is_new,
        1 as leaving

    from neighboured
    where month_after is null or month_after > {{ add_months('month', '1') }}

),

by_account as (

    select
        moves.account_id,
        moves.feature,
        moves.month,
        accounts.segment,
        coalesce(accounts.region, 'unknown') as region,
        coalesce(accounts.plan_id, 'unknown') as plan_id,
        sum(case when moves.kind = 'accounts' then moves.used else 0 end) as accounts,
        sum(case when moves.kind = 'accounts' then moves.entering else 0 end)
            as entering_accounts,
        sum(case when moves.kind = 'accounts' then moves.is_new else 0 end) as new_accounts,
        sum(case when moves.kind = 'accounts' then moves.leaving else 0 end)
            as leaving_accounts,
        sum(case when moves.kind = 'users' then moves.used else 0 end) as users,
        sum(case when moves.kind = 'users' then moves.entering else 0 end) as entering_users,
        sum(case when moves.kind = 'users' then moves.is_new else 0 end) as new_users,
        sum(case when moves.kind = 'users' then moves.leaving else 0 end) as leaving_users

    from moves

    inner join accounts
        on moves.account_id = accounts.account_id

    group by
        moves.account_id,
        moves.feature,
        moves.month,
        accounts.segment,
        accounts.region,
        accounts.plan_id

),

working as (

    select
        usage_daily.account_id,
        {{ month_of('usage_daily.usage_date') }} as month,
        accounts.segment,
        coalesce(accounts.region, 'unknown') as region,
        coalesce(accounts.plan_id, 'unknown') as plan_id

    from usage_daily

    inner join accounts
        on usage_daily.account_id = accounts.account_id

    group by
        usage_daily.account_id,
        {{ month_of('usage_daily.usage_date') }},
        accounts.segment,
        accounts.region,
        accounts.plan_id

),

named_features as (

    select
        feature,
        max(case when user_id <> '' then 1 else 0 end) = 1 as has_users

    from feature_users

    group by feature

),

{% set slices = [
    ('all', "'all'"), ('segment', 'segment'), ('region', 'region'), ('plan', 'plan_id')
] %}

sliced as (

    {% for slice, value in slices %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        feature,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        month

    from by_account

    group by {{ value ~ ', ' if slice != 'all' }}feature, month

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

worked as (

    {% for slice, value in slices %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        month,
        count(*) as working_accounts

    from working

    group by {{ value ~ ', ' if slice != 'all' }}month

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

described as (

    select
        sliced.slice,
        sliced.slice_value,
        sliced.feature,
        sliced.month,
        cast(coalesce(worked.working_accounts, 0) as bigint) as working_accounts,
        cast(sliced.accounts as bigint) as accounts,
        cast(sliced.entering_accounts as bigint) as entering_accounts,
        cast(sliced.new_accounts as bigint) as new_accounts,
        cast(sliced.leaving_accounts as bigint) as leaving_accounts,
        {{ ratio('sliced.accounts', 'worked.working_accounts') }} as adoption,
        {% for measure in ['users', 'entering_users', 'new_users', 'leaving_users'] %}
        case when named_features.has_users then cast(sliced.{{ measure }} as bigint) end
            as {{ measure }},
        {% endfor %}
        coalesce(worked.working_accounts, 0) < limits.least_accounts as is_small,
        calendar_months.is_provisional,
        case
            when not named_features.has_users then 'usage of the feature names no users'
        end as users_reason,
        case when worked.working_accounts is null then 'no account with usage' end as reason

    from sliced

    -- accounts that used it up to the as-of have not left yet
    inner join calendar_months
        on sliced.month = calendar_months.month

    inner join named_features
        on sliced.feature = named_features.feature

    left join worked
        on
            sliced.slice = worked.slice
            and sliced.slice_value = worked.slice_value
            and sliced.month = worked.month

    cross join limits

)

select * from described
