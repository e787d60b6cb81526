{% set caps = [10, 20, 30, 50] %}

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

caps as (

    {% for cap in caps %}
    select cast({{ cap }} * 0.01 as decimal(18, 6)) as cap_ratio
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
        bills.currency,
        bills.current_amount,
        bills.current_reporting,
        bills.proposed_amount - bills.grandfathering_amount as amount,
        month_rates.rate

    from bills

    inner join compared
        on
            bills.account_id = compared.account_id
            and bills.scenario_id = compared.scenario_id
            and bills.month = compared.month

    left join month_rates
        on bills.currency = month_rates.currency and bills.month = month_rates.month

),

-- a month that costs nothing today has no rise in percent to be capped
capped as (

    select
        lasting.account_id,
        lasting.scenario_id,
        lasting.segment,
        caps.cap_ratio,
        lasting.current_amount,
        lasting.current_reporting,
        lasting.amount,
        lasting.rate,
        cast(
            case
                when lasting.current_amount > 0
                    then
                        least(
                            lasting.amount,
                            {{ most_amount(
                                'lasting.current_amount',
                                'caps.cap_ratio',
                                'coalesce(currencies.minor_units, 2)'
                            ) }}
                        )
                else lasting.amount
            end as decimal(18, 4)
        ) as capped_amount

    from lasting

    cross join caps

    left join currencies
        on lasting.currency = currencies.currency

),

converted as (

    select
        *,
        {{ converted_money('capped_amount', 'rate') }} as capped_reporting,
        {{ converted_money('amount - capped_amount', 'rate') }} as cost_reporting

    from capped

),

of_accounts as (

    select
        account_id,
        scenario_id,
        segment,
        cap_ratio,
        count(*) as months,
        sum(current_amount) as current_amount,
        sum(amount) as amount,
        sum(capped_amount) as capped_amount,
        case
            when count(*) = count(current_reporting) and count(*) = count(capped_reporting)
                then sum(capped_reporting - current_reporting)
        end as difference_reporting,
        case when count(*) = count(cost_reporting) then sum(cost_reporting) end as cost_reporting

    from converted

    group by account_id, scenario_id, segment, cap_ratio

),

judged as (

    select
        of_accounts.account_id,
        of_accounts.scenario_id,
        of_accounts.segment,
        of_accounts.cap_ratio,
        shocks.is_shock,
        of_accounts.amount > of_accounts.capped_amount as is_capped,
        {{ exact_ratio('of_accounts.cost_reporting', '1', 'of_accounts.months') }}
            as monthly_cost,
        {{ is_migration_shock(
            'of_accounts.capped_amount - of_accounts.current_amount',
            'of_accounts.difference_reporting',
            'of_accounts.current_amount',
            'of_accounts.months',
            'limits'
        ) }}
            as is_shock_capped

    from of_accounts

    inner join shocks
        on
            of_accounts.account_id = shocks.account_id
            and of_accounts.scenario_id = shocks.scenario_id

    inner join limits
        on of_accounts.segment = limits.segment

    -- without an exchange rate nothing is judged
    where shocks.is_shock is not null and of_accounts.cost_reporting is not null

),

final as (

    select
        segments.segment,
        judged.scenario_id,
        judged.cap_ratio,
        count(*) as accounts,
        sum(case when judged.is_shock then 1 else 0 end) as shocked_before,
        sum(case when judged.is_shock_capped then 1 else 0 end) as shocked_after,
        {{ ratio('sum(case when judged.is_shock then 1 else 0 end)', 'count(*)') }}
            as shock_share_before,
        {{ ratio('sum(case when judged.is_shock_capped then 1 else 0 end)', 'count(*)') }}
            as shock_share_after,
        sum(case when judged.is_capped then 1 else 0 end) as capped_accounts,
        cast(round(sum(judged.monthly_cost), 4) as decimal(38, 4)) as monthly_cost

    from judged

    inner join segments
        on segments.segment in ('all', judged.segment)

    group by segments.segment, judged.scenario_id, judged.cap_ratio

),

typed as (

    select
        segment,
        scenario_id,
        cap_ratio,
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
