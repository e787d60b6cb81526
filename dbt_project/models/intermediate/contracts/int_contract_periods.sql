with

contracts as (

    select * from {{ ref('int_contracts') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

settings as (

    select
        *,
        cast({{ local_time('as_of', 'time_zone') }} as date) as as_of_on

    from {{ ref('stg_settings') }}

),

-- billing systems count a contract's periods from its own start, unless the account has one billing
-- day for all of them
anchored as (

    select
        contracts.*,
        anchors.anchor_day as account_anchor_day,
        coalesce(
            accounts.billing_anchor_day, cast(extract(day from contracts.started_on) as integer)
        ) as anchor_day,
        settings.as_of_on

    from contracts

    inner join anchors
        on contracts.account_id = anchors.account_id

    left join accounts
        on contracts.account_id = accounts.account_id

    cross join settings

    where contracts.started_on <= settings.as_of_on

),

first_months as (

    select
        anchored.*,
        case
            when {{ anchor_date(month_of('started_on'), 'anchor_day') }} > started_on
                then {{ add_months(month_of('started_on'), '-1') }}
            else {{ month_of('started_on') }}
        end as first_month

    from anchored

),

numbers as (

    select counted.n
    from ({{ numbers_below(
        '(select coalesce(max(' ~ months_between('first_month', 'as_of_on')
        ~ '), 0) + 1 from first_months)'
    ) }}) as counted

),

periods as (

    select
        first_months.*,
        {{ add_months('first_months.first_month', 'numbers.n * first_months.interval_months') }}
            as period_month

    from first_months

    inner join numbers
        on
            numbers.n * first_months.interval_months
            <= {{ months_between('first_months.first_month', 'first_months.as_of_on') }}

),

bounded as (

    select
        periods.*,
        {{ anchor_date('period_month', 'anchor_day') }} as period_start,
        {{ anchor_date(add_months('period_month', 'interval_months'), 'anchor_day') }}
            as period_end

    from periods

),

served as (

    select
        bounded.*,
        greatest(period_start, started_on) as service_start,
        least(period_end, coalesce(ended_on, period_end)) as service_end

    from bounded
    where period_start <= as_of_on and (ended_on is null or period_start < ended_on)

),

placed as (

    select
        account_id,
        contract_id,
        subscription_id,
        plan_id,
        interval_months,
        seats_committed,
        discount_ratio,
        started_on,
        ended_on,
        period_start,
        period_end,
        case
            when service_start >= {{ anchor_date(month_of('service_start'), 'account_anchor_day') }}
                then {{ month_of('service_start') }}
            else {{ add_months(month_of('service_start'), '-1') }}
        end as month,
        anchor_day = account_anchor_day as is_aligned

    from served

)

select * from placed
