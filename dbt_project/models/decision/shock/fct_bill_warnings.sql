with

bills as (

    select * from {{ ref('fct_bill_shock') }}
    where is_provisional and scenario_id <> 'invoiced'

),

bill_lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}
    where line_kind = 'usage'

),

charges as (

    select * from {{ ref('stg_charges') }}
    where pricing = 'package'

),

anchor_months as (

    select * from {{ ref('int_anchor_months') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

limits as (

    select
        segment,
        max(case when name = 'shock_increase_ratio' then fires_at end) as least_ratio,
        max(case when name = 'shock_increase_amount' then fires_at end) as least_amount,
        max(case when name = 'shock_explained_ratio' then fires_at end) as explained_ratio,
        max(case when name = 'warning_least_days' then fires_at end) as least_days

    from thresholds

    group by segment

),

running as (

    select
        bills.account_id,
        bills.month,
        bills.scenario_id,
        bills.segment,
        bills.region,
        bills.plan_id,
        bills.currency,
        bills.bill,
        bills.baseline,
        bills.ordered_amount,
        bills.reason,
        anchor_months.period_start,
        anchor_months.period_end,
        {{ seconds_between(
            'anchor_months.period_start_at',
            'least(settings.as_of, anchor_months.period_end_at)'
        ) }} as passed_seconds,
        {{ seconds_between('anchor_months.period_start_at', 'anchor_months.period_end_at') }}
            as total_seconds

    from bills

    inner join anchor_months
        on
            bills.account_id = anchor_months.account_id
            and bills.month = anchor_months.month

    cross join settings

),

-- work goes on at the pace so far
paced as (

    select
        bill_lines.account_id,
        bill_lines.month,
        bill_lines.scenario_id,
        bill_lines.amount,
        bill_lines.billable,
        charges.package_size,
        greatest(
            cast(
                round({{ exact_ratio(
                    'bill_lines.quantity', 'running.total_seconds', 'running.passed_seconds'
                ) }}, 6) as decimal(28, 6)
            ) - coalesce(bill_lines.included, 0),
            0
        ) as projected_billable

    from bill_lines

    inner join running
        on
            bill_lines.account_id = running.account_id
            and bill_lines.month = running.month
            and bill_lines.scenario_id = running.scenario_id

    left join charges
        on
            bill_lines.charge_id = charges.charge_id
            and running.period_start >= charges.valid_from
            and (charges.valid_to is null or running.period_start < charges.valid_to)

    where running.passed_seconds > 0

),

-- whoever began a package has paid for all of it
counted as (

    select
        paced.*,
        case
            when package_size > 0 then {{ whole_packages('billable', 'package_size') }}
            else cast(billable as decimal(28, 6))
        end as units,
        case
            when package_size > 0 then {{ whole_packages('projected_billable', 'package_size') }}
            else cast(projected_billable as decimal(28, 6))
        end as projected_units

    from paced

),

-- each further unit costs what those so far cost on average; one whose allowance lasts so far
-- has no price yet
usage_lines as (

    select
        account_id,
        month,
        scenario_id,
        sum(amount) as usage_amount,
        sum(
            case
                when billable > 0
                    then cast(
                        round({{ exact_ratio(
                            'amount',
                            'cast(projected_units * 1000000 as hugeint)',
                            'cast(units * 1000000 as hugeint)'
                        ) }}, 4) as decimal(18, 4)
                    )
                else amount
            end
        ) as projected_usage_amount,
        max(case when billable = 0 and projected_billable > 0 then 1 else 0 end) as unpriced

    from counted

    group by account_id, month, scenario_id

),

projected as (

    select
        running.*,
        limits.least_ratio,
        limits.least_amount,
        limits.explained_ratio,
        limits.least_days,
        month_rates.rate,
        cast(coalesce(usage_lines.usage_amount, 0) as decimal(18, 4)) as usage_amount,
        cast(
            running.bill
            + coalesce(usage_lines.projected_usage_amount - usage_lines.usage_amount, 0)
            as decimal(18, 4)
        ) as projected_bill,
        coalesce(usage_lines.unpriced, 0) = 1 as is_at_least

    from running

    inner join limits
        on running.segment = limits.segment

    left join usage_lines
        on
            running.account_id = usage_lines.account_id
            and running.month = usage_lines.month
            and running.scenario_id = usage_lines.scenario_id

    left join month_rates
        on
            running.currency = month_rates.currency
            and running.month = month_rates.month

),

explained as (

    select
        projected.*,
        case
            when passed_seconds < least_days * 86400 then 'too early in the month'
            else reason
        end as warning_reason,
        cast(projected_bill - baseline as decimal(18, 4)) as rise

    from projected

),

judged as (

    select
        explained.*,
        {{ converted_money('rise', 'rate') }} as rise_reporting,
        case
            when warning_reason is null
                then
                    rise >= cast(baseline as decimal(20, 4)) * least_ratio
                    and {{ converted_money('rise', 'rate') }} >= least_amount
        end as is_jump_expected,
        case
            when warning_reason is null
                then
                    least(greatest(ordered_amount, 0), greatest(rise, 0))
                    < cast(rise as decimal(20, 4)) * explained_ratio
        end as is_unexplained

    from explained

),

described as (

    select
        account_id,
        month,
        scenario_id,
        segment,
        region,
        plan_id,
        currency,
        period_start,
        period_end,
        {{ ratio('passed_seconds', 'total_seconds') }} as passed_share,
        bill,
        usage_amount,
        projected_bill,
        is_at_least,
        baseline,
        {{ ratio('rise', 'baseline') }} as projected_increase_ratio,
        rise_reporting as projected_increase_reporting,
        is_jump_expected,
        is_jump_expected and is_unexplained as is_shock_expected,
        warning_reason as reason

    from judged

)

select * from described
