with

accounts as (

    select * from {{ ref('int_accounts') }}

),

shadow_bills as (

    select * from {{ ref('fct_shadow_bills') }}

),

windows as (

    select * from {{ ref('int_migration_windows') }}
    where window_name = 'trailing_12'

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

-- every account that a proposal covers, with the latest reason for which it has no bill
covered as (

    select
        account_id,
        scenario_id,
        max(segment) as segment,
        max_by(currency, month) as currency,
        max_by(reason, month) as reason,
        max(case when is_available then 1 else 0 end) as has_bill,
        count(*) as bills

    from shadow_bills

    where scenario_id <> 'current'

    group by account_id, scenario_id

),

latest as (

    select windows.*
    from windows

    inner join last_closed
        on windows.month = last_closed.month

),

joined as (

    select
        covered.account_id,
        covered.scenario_id,
        covered.segment,
        coalesce(latest.has_months, false) as has_months,
        coalesce(latest.months, 0) as months,
        latest.month,
        coalesce(latest.currency, covered.currency) as currency,
        latest.current_amount,
        latest.proposed_amount,
        latest.difference,
        latest.current_reporting,
        latest.proposed_reporting,
        latest.difference_reporting,
        latest.is_shock,
        latest.is_shock_grandfathered,
        case
            when latest.has_months and latest.difference_reporting is null then 'no_rate'
            when latest.has_months then null
            when covered.has_bill = 0 then coalesce(covered.reason, 'not_available')
            when not accounts.is_active then 'churned'
            else 'too_few_months'
        end as reason

    from covered

    left join accounts
        on covered.account_id = accounts.account_id

    left join latest
        on
            covered.account_id = latest.account_id
            and covered.scenario_id = latest.scenario_id

),

measured as (

    select
        *,
        case
            when has_months and current_amount > 0
                then {{ ratio('difference', 'current_amount') }}
        end as difference_ratio

    from joined

),

final as (

    select
        account_id,
        scenario_id,
        segment,
        case when has_months then month end as month,
        cast(months as integer) as months,
        currency,
        cast(case when has_months then current_amount end as decimal(18, 4)) as current_amount,
        cast(case when has_months then proposed_amount end as decimal(18, 4)) as proposed_amount,
        cast(case when has_months then difference end as decimal(18, 4)) as difference,
        cast(difference_ratio as decimal(18, 6)) as difference_ratio,
        cast(case when has_months then current_reporting end as decimal(18, 4))
            as current_reporting,
        cast(case when has_months then proposed_reporting end as decimal(18, 4))
            as proposed_reporting,
        cast(
            case
                when has_months
                    then round({{ exact_ratio('difference_reporting', '1', 'months') }}, 4)
            end as decimal(18, 4)
        ) as monthly_increase_reporting,
        cast(
            case
                when has_months
                    then round({{ exact_ratio('current_reporting', '1', 'months') }}, 4)
            end as decimal(18, 4)
        ) as monthly_current_reporting,
        case
            when difference_ratio is null then 'n/a'
            when difference_ratio <= -0.50 then '<=-50'
            when difference_ratio <= -0.25 then '-50..-25'
            when difference_ratio <= -0.10 then '-25..-10'
            when difference_ratio <= -0.02 then '-10..-2'
            when difference_ratio <= 0.02 then '-2..2'
            when difference_ratio <= 0.10 then '2..10'
            when difference_ratio <= 0.25 then '10..25'
            when difference_ratio <= 0.50 then '25..50'
            else '>50'
        end as change_band,
        case when has_months then is_shock end as is_shock,
        case when has_months then is_shock_grandfathered end as is_shock_grandfathered,
        reason

    from measured

)

select * from final
