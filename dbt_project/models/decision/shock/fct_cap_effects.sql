{# a cap begins at so many per cent of a rise, a credit is so many months' rise #}
{% set levels = [
    ('hard_cap', 10), ('hard_cap', 20), ('hard_cap', 30), ('hard_cap', 50),
    ('soft_cap', 10), ('soft_cap', 20), ('soft_cap', 30), ('soft_cap', 50),
    ('credit', 1), ('credit', 2), ('credit', 3), ('credit', 6),
] %}

with

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

bills as (

    select * from {{ ref('int_migration_bills') }}

),

compared as (

    select * from {{ ref('int_compared_bills') }}

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

-- the lasting bill: without what the proposal itself takes off for a while
lasting as (

    select
        bills.account_id,
        bills.scenario_id,
        bills.segment,
        bills.month,
        bills.current_amount,
        bills.current_reporting,
        bills.proposed_amount - bills.grandfathering_amount as amount,
        bills.proposed_amount - bills.grandfathering_amount - bills.current_amount as rise,
        coalesce(currencies.minor_units, 2) as minor_units,
        month_rates.rate,
        shocks.is_shock

    from bills

    inner join compared
        on
            bills.account_id = compared.account_id
            and bills.scenario_id = compared.scenario_id
            and bills.month = compared.month

    inner join shocks
        on
            bills.account_id = shocks.account_id
            and bills.scenario_id = shocks.scenario_id

    left join month_rates
        on bills.currency = month_rates.currency and bills.month = month_rates.month

    left join currencies
        on bills.currency = currencies.currency

    where shocks.is_shock is not null

),

-- without an exchange rate nothing is judged
accounts as (

    select
        account_id,
        scenario_id,
        segment,
        is_shock,
        count(*) as months,
        sum(current_amount) as current_amount,
        sum(amount) as amount,
        greatest(sum(rise), 0) as whole_rise,
        sum(current_reporting) as current_reporting,
        sum({{ converted_money('amount', 'rate') }}) as amount_reporting

    from lasting

    group by account_id, scenario_id, segment, is_shock

    having count(rate) = count(*) and count(current_reporting) = count(*)

),

-- no relief lowers a month that does not rise; what a credit has left follows from those before
rises as (

    select
        lasting.*,
        accounts.months,
        accounts.whole_rise,
        coalesce(
            sum(lasting.rise) over (
                partition by lasting.account_id, lasting.scenario_id
                order by lasting.month
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as rise_before

    from lasting

    inner join accounts
        on
            lasting.account_id = accounts.account_id
            and lasting.scenario_id = accounts.scenario_id

    where lasting.rise > 0

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

taken as (

    select
        account_id,
        scenario_id,
        level_number,
        sum(amount - relieved_amount) as taken_amount,
        sum({{ converted_money('amount - relieved_amount', 'rate') }}) as cost_reporting,
        sum(
            {{ converted_money('amount', 'rate') }}
            - {{ converted_money('relieved_amount', 'rate') }}
        ) as taken_reporting

    from relieved

    where relieved_amount < amount

    group by account_id, scenario_id, level_number

),

of_accounts as (

    select
        accounts.*,
        levels.relief,
        levels.cap_ratio,
        levels.credit_months,
        coalesce(taken.taken_amount, 0) as taken_amount,
        coalesce(taken.taken_reporting, 0) as taken_reporting,
        coalesce(taken.cost_reporting, 0) as cost_reporting

    from accounts

    cross join levels

    left join taken
        on
            accounts.account_id = taken.account_id
            and accounts.scenario_id = taken.scenario_id
            and levels.level_number = taken.level_number

),

judged as (

    select
        of_accounts.scenario_id,
        of_accounts.segment,
        of_accounts.relief,
        of_accounts.cap_ratio,
        of_accounts.credit_months,
        of_accounts.is_shock,
        of_accounts.taken_amount > 0 as is_relieved,
        {{ exact_ratio('of_accounts.cost_reporting', '1', 'of_accounts.months') }}
            as monthly_cost,
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

final as (

    select
        segments.segment,
        judged.scenario_id,
        judged.relief,
        judged.cap_ratio,
        judged.credit_months,
        count(*) as accounts,
        sum(case when judged.is_shock then 1 else 0 end) as shocked_before,
        sum(case when judged.is_shock_relieved then 1 else 0 end) as shocked_after,
        {{ ratio('sum(case when judged.is_shock then 1 else 0 end)', 'count(*)') }}
            as shock_share_before,
        {{ ratio('sum(case when judged.is_shock_relieved then 1 else 0 end)', 'count(*)') }}
            as shock_share_after,
        sum(case when judged.is_relieved then 1 else 0 end) as capped_accounts,
        cast(round(sum(judged.monthly_cost), 4) as decimal(38, 4)) as monthly_cost

    from judged

    inner join segments
        on segments.segment in ('all', judged.segment)

    group by
        segments.segment,
        judged.scenario_id,
        judged.relief,
        judged.cap_ratio,
        judged.credit_months

),

typed as (

    select
        segment,
        scenario_id,
        relief,
        cap_ratio,
        credit_months,
        cast(accounts as bigint) as accounts,
        cast(shocked_before as bigint) as shocked_before,
        cast(shocked_after as bigint) as shocked_after,
        cast(shock_share_before as decimal(18, 6)) as shock_share_before,
        cast(shock_share_after as decimal(18, 6)) as shock_share_after,
        cast(capped_accounts as bigint) as capped_accounts,
        monthly_cost

    from final

)

select * from typed
