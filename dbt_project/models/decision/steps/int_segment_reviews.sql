with

moved_accounts as (

    select * from {{ ref('int_moved_accounts') }}

),

account_months as (

    select * from {{ ref('int_account_months') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

segment_months as (

    select * from {{ ref('int_segment_months') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

-- whole months only: the month of the move belongs to neither side
judged as (

    select
        segment_months.segment,
        segment_months.month,
        segment_months.month_index,
        segment_months.unapproved_accounts,
        lag(segment_months.unapproved_accounts) over (
            partition by segment_months.segment
            order by segment_months.month_index
        ) as unapproved_before

    from segment_months

    where not segment_months.is_provisional

),

sided as (

    select
        judged.segment,
        judged.month,
        moved_accounts.account_id,
        account_months.month > moved_accounts.moved_month as is_after,
        account_months.month < moved_accounts.moved_month as is_before,
        account_months.revenue,
        account_months.cost

    from judged

    inner join moved_accounts
        on
            judged.segment in ('all', moved_accounts.segment)
            and judged.month > moved_accounts.moved_month

    inner join account_months
        on
            moved_accounts.account_id = account_months.account_id
            and judged.month >= account_months.month
            and {{ add_months('moved_accounts.moved_month', '-12') }} <= account_months.month

),

compared as (

    select
        segment,
        month,
        account_id,
        count(case when is_after then revenue end) as months_after,
        count(case when is_before then revenue end) as months_before,
        sum(case when is_after then revenue end) as revenue_after,
        sum(case when is_before then revenue end) as revenue_before,
        sum(case when is_after then cost end) as cost_after,
        sum(case when is_before then cost end) as cost_before

    from sided

    group by segment, month, account_id

),

-- means a month, so that a year before compares with a quarter after
means as (

    select
        compared.segment,
        compared.month,
        {{ exact_ratio('compared.revenue_after', '1', 'compared.months_after') }} as after_mean,
        {{ exact_ratio('compared.revenue_before', '1', 'compared.months_before') }}
            as before_mean,
        {{ exact_ratio('compared.cost_after', '1', 'compared.months_after') }} as after_cost,
        {{ exact_ratio('compared.cost_before', '1', 'compared.months_before') }} as before_cost

    from compared

    where compared.months_after > 0 and compared.months_before > 0

),

flagged as (

    select
        means.*,
        case
            when
                means.after_mean - means.before_mean >= limits.migration_increase_amount
                and means.after_mean - means.before_mean
                >= limits.migration_increase_ratio * greatest(means.before_mean, 0)
                then 1
            else 0
        end as is_shock

    from means

    inner join limits
        on means.segment = limits.segment

),

moved as (

    select
        segment,
        month,
        count(*) as accounts,
        {{ ratio('sum(is_shock)', 'count(*)') }} as shock_share,
        {{ ratio('sum(after_mean) - sum(before_mean)', 'sum(before_mean)') }} as revenue_change,
        {{ ratio('sum(before_cost)', 'sum(before_mean)') }}
        - {{ ratio('sum(after_cost)', 'sum(after_mean)') }} as margin_change

    from flagged

    group by segment, month

),

per_seat as (

    select account_id
    from contracts
    where plan_family = 'per_seat'
    group by account_id

),

-- months that began with MRR, of accounts that are or were on seats, but for the month of a move
at_risk as (

    select
        account_months.account_id,
        account_months.segment,
        account_months.month,
        coalesce(account_months.month > moved_accounts.moved_month, false) as is_mover,
        case when coalesce(account_months.mrr, 0) > 0 then 0 else 1 end as has_churned

    from account_months

    inner join per_seat
        on account_months.account_id = per_seat.account_id

    left join moved_accounts
        on account_months.account_id = moved_accounts.account_id

    where
        account_months.mrr_opening > 0
        and coalesce(account_months.month <> moved_accounts.moved_month, true)

),

-- accounts leave without any migration too: what those not yet moved lose in the month
waiting as (

    select
        judged.segment,
        judged.month,
        count(*) as accounts,
        cast(sum(at_risk.has_churned) as bigint) as churned_accounts

    from judged

    inner join at_risk
        on
            judged.segment in ('all', at_risk.segment)
            and judged.month = at_risk.month

    where not at_risk.is_mover

    group by judged.segment, judged.month

),

-- equal exposure: each month that a mover could have left counts the churn of that same month
-- among those not yet moved; a month without any of those compares with nothing
exposed as (

    select
        judged.segment,
        judged.month,
        at_risk.account_id,
        at_risk.has_churned,
        {{ exact_ratio('waiting.churned_accounts', '1', 'waiting.accounts') }} as waiting_hazard

    from judged

    inner join at_risk
        on
            judged.segment in ('all', at_risk.segment)
            and judged.month >= at_risk.month
            and {{ add_months('judged.month', '-12') }} < at_risk.month

    inner join waiting
        on
            judged.segment = waiting.segment
            and at_risk.month = waiting.month

    where at_risk.is_mover

),

hazards as (

    select
        segment,
        month,
        count(distinct account_id) as exposed_accounts,
        count(*) as exposed_months,
        cast(sum(has_churned) as bigint) as churned_accounts,
        sum(waiting_hazard) as expected_churned

    from exposed

    group by segment, month

),

measured as (

    select
        judged.segment,
        judged.month,
        coalesce(moved.accounts, 0) as moved_accounts,
        moved.shock_share,
        moved.revenue_change,
        moved.margin_change,
        coalesce(hazards.exposed_accounts, 0) as exposed_accounts,
        coalesce(hazards.exposed_months, 0) as exposed_months,
        coalesce(hazards.churned_accounts, 0) as churned_accounts,
        hazards.expected_churned,
        {{ ratio('hazards.churned_accounts', 'hazards.exposed_months') }} as mover_churn,
        {{ ratio('hazards.expected_churned', 'hazards.exposed_months') }} as waiting_churn,
        case
            when hazards.exposed_accounts > 0
                then
                    greatest(
                        {{ ratio(
                            'hazards.churned_accounts - hazards.expected_churned',
                            'hazards.exposed_accounts'
                        ) }},
                        0
                    )
        end as extra_churn,
        judged.unapproved_accounts,
        coalesce(judged.unapproved_before, 0) as unapproved_before,
        coalesce(
            judged.unapproved_accounts >= limits.small_cell_accounts
            and judged.unapproved_accounts >= 2 * judged.unapproved_before,
            false
        ) as has_doubled,
        limits.limit_shock_share,
        limits.limit_extra_churn,
        limits.limit_revenue_change,
        limits.limit_margin_change,
        limits.small_cell_accounts

    from judged

    inner join limits
        on judged.segment = limits.segment

    left join moved
        on judged.segment = moved.segment and judged.month = moved.month

    left join hazards
        on judged.segment = hazards.segment and judged.month = hazards.month

),

-- a handful of moved accounts drives no verdict
final as (

    select
        segment,
        month,
        moved_accounts,
        unapproved_accounts,
        unapproved_before,
        has_doubled,
        cast(exposed_accounts as bigint) as exposed_accounts,
        cast(exposed_months as bigint) as exposed_months,
        cast(churned_accounts as bigint) as churned_accounts,
        cast(expected_churned as decimal(38, 6)) as expected_churned,
        mover_churn,
        waiting_churn,
        extra_churn,
        case
            when moved_accounts >= small_cell_accounts
                then
                    concat_ws(
                        ', ',
                        case
                            when shock_share > limit_shock_share
                                then 'shock ' || {{ percent_text('shock_share') }}
                        end,
                        case
                            when extra_churn > limit_extra_churn
                                then
                                    'churn ' || {{ percent_text('mover_churn') }}
                                    || ' a month against ' || {{ percent_text('waiting_churn') }}
                                    || ' of those not yet moved'
                        end,
                        case
                            when revenue_change < limit_revenue_change
                                then
                                    'revenue '
                                    || {{ percent_text('revenue_change', 1, signed=true) }}
                        end,
                        case
                            when margin_change < limit_margin_change
                                then
                                    'margin '
                                    || {{ decimal_text('margin_change * 100', 1, signed=true) }}
                                    || ' points'
                        end
                    )
            else ''
        end as broken_words

    from measured

)

select * from final
