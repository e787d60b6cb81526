with

anchors as (

    select * from {{ ref('int_account_anchors') }}

),

settings as (

    select
        *,
        cast({{ local_time('as_of', 'time_zone') }} as date) as as_of_on

    from {{ ref('stg_settings') }}

),

-- an account that starts before its anchor day belongs to the month that began before it
first_months as (

    select
        anchors.account_id,
        anchors.anchor_day,
        anchors.ended_on,
        settings.as_of,
        settings.as_of_on,
        settings.time_zone,
        case
            when
                {{ anchor_date(month_of('anchors.started_on'), 'anchors.anchor_day') }}
                > anchors.started_on
                then {{ add_months(month_of('anchors.started_on'), '-1') }}
            else {{ month_of('anchors.started_on') }}
        end as first_month

    from anchors

    cross join settings

    where anchors.started_on <= settings.as_of_on

),

numbers as (

    select counted.n
    from ({{ numbers_below(
        '(select coalesce(max(' ~ months_between('first_month', 'as_of_on')
        ~ '), 0) + 1 from first_months)'
    ) }}) as counted

),

months as (

    select
        first_months.account_id,
        first_months.anchor_day,
        first_months.ended_on,
        first_months.as_of,
        first_months.as_of_on,
        first_months.time_zone,
        numbers.n as month_index,
        {{ add_months('first_months.first_month', 'numbers.n') }} as month

    from first_months

    inner join numbers
        on numbers.n <= {{ months_between('first_months.first_month', 'first_months.as_of_on') }}

),

bounded as (

    select
        months.*,
        {{ anchor_date('month', 'anchor_day') }} as period_start,
        {{ anchor_date(add_months('month', '1'), 'anchor_day') }} as period_end

    from months

),

dated as (

    select
        account_id,
        month,
        month_index,
        anchor_day,
        period_start,
        period_end,
        {{ utc_time('period_start', 'time_zone') }} as period_start_at,
        {{ utc_time('period_end', 'time_zone') }} as period_end_at,
        {{ utc_time('period_end', 'time_zone') }} > as_of as is_provisional

    from bounded
    where
        period_start <= as_of_on
        and (ended_on is null or period_start < ended_on)

)

select * from dated
