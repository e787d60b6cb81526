{# a cap begins at so many per cent of a rise, a credit is so many months' rise #}
{% set levels = [
    ('hard_cap', 10), ('hard_cap', 20), ('hard_cap', 30), ('hard_cap', 50),
    ('soft_cap', 10), ('soft_cap', 20), ('soft_cap', 30), ('soft_cap', 50),
    ('credit', 1), ('credit', 2), ('credit', 3), ('credit', 6),
] %}

with

windows as (

    select * from {{ ref('int_judged_windows') }}

),

closed_bills as (

    select * from {{ ref('int_migration_bills') }}

),

bills_ahead as (

    select * from {{ ref('int_bills_ahead') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

churn_bands as (

    select bands.* from ({{ churn_bands(ref('stg_churn_assumptions')) }}) as bands

),

assumed as (

    select count(*) as bands from churn_bands

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

levels as (

    {% for relief, level in levels %}
    select
        {{ loop.index }} as level_number,
        '{{ relief }}' as relief,
        {% if relief == 'credit' %}
        cast(null as decimal(18, 6)) as cap_ratio,
        cast({{ level }} as integer) as credit_months
        {% else %}
        cast({{ level }} * 0.01 as decimal(18, 6)) as cap_ratio,
        cast(null as integer) as credit_months
        {% endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

trailing_spans as (

    select spans.* from ({{ trailing_windows() }}) as spans

),

latest as (

    select windows.*
    from windows

    inner join last_closed
        on windows.month = last_closed.month

),

-- the months of each window, with the lasting bill: without what the proposal itself takes off
lasting as (

    select
        latest.account_id,
        latest.scenario_id,
        latest.window_name,
        latest.segment,
        latest.is_shock,
        latest.relief_amount,
        latest.relief_reporting,
        closed_bills.month,
        closed_bills.current_amount,
        closed_bills.current_reporting,
        closed_bills.proposed_amount - closed_bills.grandfathering_amount as amount,
        coalesce(currencies.minor_units, 2) as minor_units,
        month_rates.rate

    from latest

    inner join trailing_spans
        on latest.window_name = trailing_spans.window_name

    inner join limits
        on latest.segment = limits.segment

    inner join closed_bills
        on
            latest.account_id = closed_bills.account_id
            and latest.scenario_id = closed_bills.scenario_id
            and latest.currency = closed_bills.currency
            and latest.month >= closed_bills.closed_month
            and {{ add_months('latest.month', '-' ~ window_span('trailing_spans', 'limits')) }}
            < closed_bills.closed_month

    left join month_rates
        on
            closed_bills.currency = month_rates.currency
            and closed_bills.month = month_rates.month

    left join currencies
        on closed_bills.currency = currencies.currency

    union all

    select
        latest.account_id,
        latest.scenario_id,
        latest.window_name,
        latest.segment,
        latest.is_shock,
        latest.relief_amount,
        latest.relief_reporting,
        {{ add_months('bills_ahead.month', 'bills_ahead.month_ahead') }} as month,
        bills_ahead.current_reporting as current_amount,
        bills_ahead.current_reporting,
        bills_ahead.proposed_reporting - bills_ahead.grandfathering_reporting as amount,
        coalesce(currencies.minor_units, 2) as minor_units,
        cast(1 as decimal(18, 9)) as rate

    from latest

    inner join bills_ahead
        on
            latest.account_id = bills_ahead.account_id
            and latest.scenario_id = bills_ahead.scenario_id
            and latest.window_name = bills_ahead.window_name

    cross join settings

    left join currencies
        on settings.reporting_currency = currencies.currency

),

risen as (

    select
        *,
        amount - current_amount as rise

    from lasting

),

-- without an exchange rate nothing is judged
accounts as (

    select
        account_id,
        scenario_id,
        window_name,
        segment,
        is_shock,
        relief_amount,
        relief_reporting,
        count(*) as months,
        sum(current_amount) as current_amount,
        sum(amount) as amount,
        greatest(sum(rise), 0) as whole_rise,
        sum(current_reporting) as current_reporting,
        sum({{ converted_money('amount', 'rate') }}) as amount_reporting

    from risen

    group by
        account_id, scenario_id, window_name, segment, is_shock, relief_amount, relief_reporting

    having count(rate) = count(*) and count(current_reporting) = count(*)

),

-- no relief lowers a month that does not rise; what a credit has left follows from those before
rises as (

    select
        risen.*,
        accounts.months,
        accounts.whole_rise,
        coalesce(
            sum(risen.rise) over (
                partition by risen.account_id, risen.scenario_id, risen.window_name
                order by risen.month
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as rise_before

    from risen

    inner join accounts
        on
            risen.account_id = accounts.account_id
            and risen.scenario_id = accounts.scenario_id
            and risen.window_name = accounts.window_name

    where risen.rise > 0

),

-- a month that costs nothing today has no rise in percent to be capped
levelled as (

    select
        rises.*,
        levels.level_number,
        levels.relief,
        limits.soft_cap_share,
        cast(
            case
                when levels.relief <> 'credit' and rises.current_amount > 0
                    then
                        {{ most_amount(
                            'rises.current_amount', 'levels.cap_ratio', 'rises.minor_units'
                        ) }}
            end as decimal(18, 4)
        ) as most_amount,
        cast(
            case
                when levels.relief = 'credit'
                    then
                        {{ round_money(
                            exact_ratio(
                                'rises.whole_rise', 'levels.credit_months', 'rises.months'
                            ),
                            'rises.minor_units'
                        ) }}
            end as decimal(18, 4)
        ) as credit_amount

    from rises

    cross join levels

    inner join limits
        on rises.segment = limits.segment

),

relieved as (

    select
        account_id,
        scenario_id,
        window_name,
        level_number,
        amount,
        rate,
        cast(
            case
                when relief = 'credit'
                    then amount - least(rise, greatest(credit_amount - rise_before, 0))
                when most_amount is null or amount <= most_amount then amount
                when relief = 'hard_cap' then most_amount
                else
                    most_amount
                    + {{ round_money(
                        'cast(amount - most_amount as decimal(20, 4)) * soft_cap_share',
                        'minor_units'
                    ) }}
            end as decimal(18, 4)
        ) as relieved_amount

    from levelled

),

-- grandfathering, too, where the proposal has it: as though it had begun with the window
taken as (

    select
        account_id,
        scenario_id,
        window_name,
        level_number,
        sum(amount - relieved_amount) as taken_amount,
        sum({{ converted_money('amount - relieved_amount', 'rate') }}) as cost_reporting,
        sum(
            {{ converted_money('amount', 'rate') }}
            - {{ converted_money('relieved_amount', 'rate') }}
        ) as taken_reporting

    from relieved

    where relieved_amount < amount

    group by account_id, scenario_id, window_name, level_number

    union all

    select
        account_id,
        scenario_id,
        window_name,
        0 as level_number,
        -relief_amount as taken_amount,
        -relief_reporting as cost_reporting,
        -relief_reporting as taken_reporting

    from accounts

    where relief_amount <> 0

),

grandfathered as (

    select distinct scenario_id from taken

    where level_number = 0

),

tried as (

    select
        accounts.*,
        levels.level_number,
        levels.relief,
        levels.cap_ratio,
        levels.credit_months

    from accounts

    cross join levels

    union all

    select
        accounts.*,
        0 as level_number,
        'grandfathering' as relief,
        cast(null as decimal(18, 6)) as cap_ratio,
        cast(null as integer) as credit_months

    from accounts

    inner join grandfathered
        on accounts.scenario_id = grandfathered.scenario_id

),

of_accounts as (

    select
        tried.*,
        coalesce(taken.taken_amount, 0) as taken_amount,
        coalesce(taken.taken_reporting, 0) as taken_reporting,
        coalesce(taken.cost_reporting, 0) as cost_reporting

    from tried

    left join taken
        on
            tried.account_id = taken.account_id
            and tried.scenario_id = taken.scenario_id
            and tried.window_name = taken.window_name
            and tried.level_number = taken.level_number

),

judged as (

    select
        of_accounts.*,
        of_accounts.taken_amount > 0 as is_relieved,
        {{ exact_ratio('of_accounts.cost_reporting', '1', 'of_accounts.months') }}
            as monthly_cost,
        case
            when of_accounts.current_amount > 0
                then
                    {{ ratio(
                        'of_accounts.amount - of_accounts.taken_amount '
                        ~ '- of_accounts.current_amount',
                        'of_accounts.current_amount'
                    ) }}
            when of_accounts.amount - of_accounts.taken_amount > of_accounts.current_amount
                then cast(999999 as decimal(18, 6))
            else cast(0 as decimal(18, 6))
        end as relieved_ratio,
        {{ is_migration_shock(
            'of_accounts.amount - of_accounts.taken_amount - of_accounts.current_amount',
            'of_accounts.amount_reporting - of_accounts.taken_reporting '
            ~ '- of_accounts.current_reporting',
            'of_accounts.current_amount',
            'of_accounts.months',
            'limits'
        ) }}
            as is_shock_relieved

    from of_accounts

    inner join limits
        on of_accounts.segment = limits.segment

),

-- what is left of a rise decides who is assumed to leave over it
churned as (

    select
        judged.*,
        case when assumed.bands > 0 then coalesce(churn_bands.extra_churn_ratio, 0) end
            as extra_churn_ratio

    from judged

    cross join assumed

    left join churn_bands
        on {{ is_in_churn_band('judged.relieved_ratio', 'churn_bands') }}

),

summed as (

    select
        segments.segment,
        churned.scenario_id,
        churned.window_name,
        churned.level_number,
        churned.relief,
        churned.cap_ratio,
        churned.credit_months,
        count(*) as accounts,
        sum(case when churned.is_shock then 1 else 0 end) as shocked_before,
        sum(case when churned.is_shock_relieved then 1 else 0 end) as shocked_after,
        sum(churned.extra_churn_ratio) as extra_churn,
        sum(case when churned.is_relieved then 1 else 0 end) as capped_accounts,
        sum(churned.monthly_cost) as monthly_cost,
        sum(churned.current_reporting) as current_reporting,
        sum(churned.amount_reporting - churned.taken_reporting - churned.current_reporting)
            as gain_reporting

    from churned

    inner join segments
        on segments.segment in ('all', churned.segment)

    group by
        segments.segment,
        churned.scenario_id,
        churned.window_name,
        churned.level_number,
        churned.relief,
        churned.cap_ratio,
        churned.credit_months

),

shared as (

    select
        summed.*,
        {{ ratio('summed.shocked_before', 'summed.accounts') }} as shock_share_before,
        {{ ratio('summed.shocked_after', 'summed.accounts') }} as shock_share_after,
        {{ ratio('summed.extra_churn', 'summed.accounts') }} as extra_churn_after,
        case
            when summed.current_reporting > 0
                then {{ ratio('summed.gain_reporting', 'summed.current_reporting') }}
        end as revenue_change_after,
        {{ is_limit_window('summed.window_name') }}
        and summed.accounts >= limits.small_cell_accounts as is_counted,
        limits.limit_shock_share,
        limits.limit_extra_churn,
        limits.limit_revenue_change

    from summed

    inner join limits
        on summed.segment = limits.segment

),

kept as (

    select
        *,
        coalesce(
            shock_share_after <= limit_shock_share
            and extra_churn_after <= limit_extra_churn
            and revenue_change_after >= limit_revenue_change,
            false
        ) as keeps_limits

    from shared

),

-- a level is a remedy where it keeps the limits in every window in which they must hold; it costs
-- what it costs in the twelve months from the move, where these are projected
levelled_up as (

    select
        *,
        max(case when is_counted then 1 else 0 end) over of_level = 1
        and min(case when is_counted and not keeps_limits then 0 else 1 end) over of_level = 1
            as keeps_every_window,
        coalesce(
            max(case when window_name = 'next_12' then monthly_cost end) over of_level,
            max(case when {{ is_evidence_window('window_name') }} then monthly_cost end)
                over of_level,
            max(monthly_cost) over of_level
        ) as decided_cost

    from kept

    window of_level as (partition by segment, scenario_id, level_number)

),

ordered as (

    select
        *,
        keeps_every_window
        and dense_rank() over (
            partition by segment, scenario_id
            order by case when keeps_every_window then 0 else 1 end, decided_cost, level_number
        ) = 1 as is_cheapest

    from levelled_up

),

typed as (

    select
        segment,
        scenario_id,
        window_name as {{ adapter.quote('window') }},
        relief,
        cap_ratio,
        credit_months,
        cast(accounts as bigint) as accounts,
        cast(shocked_before as bigint) as shocked_before,
        cast(shocked_after as bigint) as shocked_after,
        cast(shock_share_before as decimal(18, 6)) as shock_share_before,
        cast(shock_share_after as decimal(18, 6)) as shock_share_after,
        cast(extra_churn_after as decimal(18, 6)) as extra_churn_after,
        cast(revenue_change_after as decimal(18, 6)) as revenue_change_after,
        cast(capped_accounts as bigint) as capped_accounts,
        cast(round(monthly_cost, 4) as decimal(38, 4)) as monthly_cost,
        keeps_limits,
        keeps_every_window,
        cast(round(decided_cost, 4) as decimal(38, 4)) as deciding_cost,
        is_cheapest

    from ordered

)

select * from typed
