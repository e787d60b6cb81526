with

-- what one account (under the current model, one contract) holds in credits on one plan, for as
-- long as its months follow each other
wallets as (

    select
        wallet_number,
        scenario_id,
        account_id,
        contract_id,
        plan_id,
        anchor_day,
        min(month) as first_month,
        max(month) as last_month,
        min(service_start) as started_on,
        max(service_end) as known_to

    from {{ ref('int_wallet_months') }}
    group by
        wallet_number,
        scenario_id,
        account_id,
        contract_id,
        plan_id,
        anchor_day

),

units as (

    select * from {{ ref('int_rated_units') }}

),

-- rows of one plan, priority, kind and interval are versions of one grant
versions as (

    select
        plan_id,
        credits,
        is_free,
        grant_interval,
        term_months,
        coalesce(rollover_ratio, 0) as rollover_ratio,
        expires_after_months,
        coalesce(grace_ratio, 0) as grace_ratio,
        cast(
            dense_rank() over (
                partition by plan_id
                order by priority asc nulls last, is_free desc, grant_interval asc
            ) as integer
        ) as series,
        cast(dense_rank() over (partition by plan_id order by priority nulls last) as integer)
            as priority_rank,
        valid_from,
        coalesce(
            lead(valid_from) over (
                partition by plan_id, priority, is_free, grant_interval order by valid_from
            ),
            date '9999-12-31'
        ) as valid_before,
        min(valid_from) over (partition by plan_id, priority, is_free, grant_interval)
            as first_valid_from

    from {{ ref('stg_credit_grants') }}

),

-- a grant of each period of billing; a partial period is granted its share, as it is billed it
by_period as (

    select
        wallets.wallet_number,
        wallets.first_month,
        wallets.anchor_day,
        versions.series,
        versions.priority_rank,
        versions.valid_from,
        versions.is_free,
        versions.rollover_ratio,
        versions.grace_ratio,
        versions.expires_after_months,
        units.service_start as granted_on,
        units.period_end as next_on,
        case
            when units.proration = 'none' then cast(versions.credits as decimal(28, 6))
            else
                cast(
                    round(
                        {{ exact_ratio(
                            'versions.credits',
                            days_between('units.service_start', 'units.service_end'),
                            days_between('units.period_start', 'units.period_end')
                        ) }},
                        6
                    ) as decimal(28, 6)
                )
        end as credits

    from wallets

    inner join units
        on
            wallets.scenario_id = units.scenario_id
            and wallets.account_id = units.account_id
            and wallets.contract_id = units.contract_id
            and wallets.plan_id = units.plan_id
            and wallets.started_on <= units.service_start
            and wallets.known_to > units.service_start

    inner join versions
        on
            wallets.plan_id = versions.plan_id
            and versions.grant_interval = 'period'
            and units.service_start >= versions.valid_from
            and units.service_start < versions.valid_before

),

-- terms count from the wallet's first day, or from the first month of a grant that came later
terms as (

    select
        wallets.wallet_number,
        wallets.plan_id,
        wallets.first_month,
        wallets.last_month,
        wallets.anchor_day,
        wallets.known_to,
        versions.series,
        versions.priority_rank,
        versions.term_months,
        versions.credits,
        versions.valid_from,
        versions.valid_before,
        versions.is_free,
        versions.rollover_ratio,
        versions.grace_ratio,
        versions.expires_after_months,
        case
            when versions.first_valid_from <= wallets.started_on then wallets.started_on
            else
                {{ anchor_date(
                    add_months(
                        anchor_month(
                            add_days('versions.first_valid_from', '-1'), 'wallets.anchor_day'
                        ),
                        '1'
                    ),
                    'wallets.anchor_day'
                ) }}
        end as counted_from

    from wallets

    inner join versions
        on
            wallets.plan_id = versions.plan_id
            and versions.grant_interval = 'term'

),

numbers as (

    select counted.n
    from ({{ numbers_below(
        '(select coalesce(max(' ~ months_between('first_month', 'last_month')
        ~ '), 0) + 1 from wallets)'
    ) }}) as counted

),

term_starts as (

    select
        terms.*,
        {{ add_months('terms.counted_from', 'numbers.n * terms.term_months') }} as granted_on,
        {{ add_months('terms.counted_from', '(numbers.n + 1) * terms.term_months') }} as next_on

    from terms

    inner join numbers
        on
            numbers.n * terms.term_months
            <= {{ months_between('terms.first_month', 'terms.last_month') }}

),

by_term as (

    select
        wallet_number,
        first_month,
        anchor_day,
        series,
        priority_rank,
        valid_from,
        is_free,
        rollover_ratio,
        grace_ratio,
        expires_after_months,
        granted_on,
        next_on,
        cast(credits as decimal(28, 6)) as credits

    from term_starts
    where
        granted_on < known_to
        and granted_on >= valid_from
        and granted_on < valid_before

),

made as (

    select * from by_period

    union all

    select * from by_term

),

-- without a life of its own a grant lasts until the next one
lived as (

    select
        made.*,
        case
            when expires_after_months is null then next_on
            else {{ add_months('granted_on', 'expires_after_months') }}
        end as ends_on

    from made
    where credits > 0

),

lined_up as (

    select
        lived.*,
        lead(granted_on) over (partition by wallet_number, series order by granted_on)
            as next_granted_on,
        lead(ends_on) over (partition by wallet_number, series order by granted_on)
            as next_ends_on

    from lived

),

-- what is left at the end rolls into the grant that follows: the latest one made until then, which
-- is the next one for a grant without a life of its own
followers as (

    select
        lived.wallet_number,
        lived.series,
        lived.granted_on,
        max_by(later.ends_on, later.granted_on) as ends_on

    from lived

    inner join lived as later
        on
            lived.wallet_number = later.wallet_number
            and lived.series = later.series
            and lived.granted_on < later.granted_on
            and lived.ends_on >= later.granted_on
            and lived.ends_on < later.ends_on

    where lived.rollover_ratio > 0 and lived.expires_after_months is not null

    group by lived.wallet_number, lived.series, lived.granted_on

),

followed as (

    select
        lined_up.*,
        case
            when lined_up.expires_after_months is not null then followers.ends_on
            when
                lined_up.next_granted_on <= lined_up.ends_on
                and lined_up.next_ends_on > lined_up.ends_on
                then lined_up.next_ends_on
        end as rolled_ends_on,
        {{ months_between(
            'lined_up.first_month', anchor_month('lined_up.granted_on', 'lined_up.anchor_day')
        ) }} as enters_number,
        {{ months_between(
            'lined_up.first_month',
            anchor_month(add_days('lined_up.ends_on', '-1'), 'lined_up.anchor_day')
        ) }} as last_number

    from lined_up

    left join followers
        on
            lined_up.wallet_number = followers.wallet_number
            and lined_up.series = followers.series
            and lined_up.granted_on = followers.granted_on

),

numbered as (

    select
        followed.*,
        {{ months_between(
            'first_month', anchor_month(add_days('rolled_ends_on', '-1'), 'anchor_day')
        ) }} as rolled_last_number

    from followed

),

ordered as (

    select
        wallet_number,
        cast(
            row_number() over (partition by wallet_number order by granted_on, series) as integer
        ) as grant_number,
        series,
        granted_on,
        next_on,
        ends_on,
        valid_from,
        is_free,
        credits,
        cast(round({{ exact_product('credits', 'grace_ratio') }}, 6) as decimal(28, 6))
            as grace_credits,
        cast(round({{ exact_product('credits', 'rollover_ratio') }}, 6) as decimal(28, 6))
            as rollover_credits,
        enters_number,
        last_number,
        case when rolled_last_number > last_number then rolled_last_number end
            as rolled_last_number,
        {{ drawing_order(
            'priority_rank', 'ends_on', 'is_free', 'granted_on', 'series'
        ) }} as draw_order,
        case
            when rolled_last_number > last_number
                then
                    {{ drawing_order(
                        'priority_rank', 'rolled_ends_on', 'is_free', 'granted_on', 'series'
                    ) }}
        end as rolled_draw_order

    from numbered

)

select * from ordered
