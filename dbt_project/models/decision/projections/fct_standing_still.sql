with

projected as (

    select * from {{ ref('int_projection_accounts') }}
    where scenario_id = 'current' and assumption_case = 'middle' and month_ahead > 0

),

shadow_bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where
        scenario_id = 'current'
        and not is_provisional
        and is_available
        and current_amount_reporting is not null

),

accounts as (

    select * from {{ ref('int_accounts') }}
    where is_active

),

weights as (

    select * from {{ ref('int_bootstrap_weights') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

horizons as (

    select cast(ahead.horizon_months as integer) as horizon_months

    from (values (12), (24)) as ahead (horizon_months)

),

-- a bill belongs to the month in which it closes
billed as (

    select
        shadow_bills.account_id,
        count(*) as months,
        sum(shadow_bills.current_amount_reporting) as revenue

    from shadow_bills

    cross join last_closed

    where
        {{ month_of(add_days('shadow_bills.period_end', '-1')) }} <= last_closed.month
        and {{ month_of(add_days('shadow_bills.period_end', '-1')) }}
        > {{ add_months('last_closed.month', '-12') }}

    group by shadow_bills.account_id

),

-- the same customers before and after: whose year is not whole stands with its mean month
compared as (

    select
        projected.account_id,
        projected.segment,
        horizons.horizon_months,
        {{ exact_ratio('billed.revenue', 'horizons.horizon_months', 'billed.months') }}
            as last_revenue,
        sum(projected.revenue) as next_revenue

    from projected

    inner join horizons
        on projected.month_ahead <= horizons.horizon_months

    inner join billed
        on projected.account_id = billed.account_id

    inner join limits
        on projected.segment = limits.segment and billed.months >= limits.migration_months_least

    group by
        projected.account_id,
        projected.segment,
        horizons.horizon_months,
        billed.revenue,
        billed.months

),

scaled as (

    select
        account_id,
        segment,
        horizon_months,
        cast(round(last_revenue, 2) * 100 as bigint) as last_cents,
        cast(round(next_revenue, 2) * 100 as bigint) as next_cents

    from compared

),

weighted as (

    select
        segments.segment,
        scaled.horizon_months,
        weights.draw,
        sum(weights.weight * scaled.last_cents) as last_cents,
        sum(weights.weight * scaled.next_cents) as next_cents

    from scaled

    inner join weights
        on scaled.account_id = weights.account_id and weights.weight > 0

    inner join segments
        on segments.segment in ('all', scaled.segment)

    group by segments.segment, scaled.horizon_months, weights.draw

),

drawn as (

    select
        segment,
        horizon_months,
        draw,
        cast((next_cents - last_cents) * 0.01 as decimal(38, 4)) as difference,
        case when last_cents > 0 then {{ ratio('next_cents - last_cents', 'last_cents') }} end
            as change

    from weighted

),

ordered as (

    select
        segment,
        horizon_months,
        difference,
        change,
        row_number() over (
            partition by segment, horizon_months order by difference
        ) as difference_place,
        row_number() over (
            partition by segment, horizon_months
            order by case when change is null then 1 else 0 end, change
        ) as change_place,
        count(*) over (partition by segment, horizon_months) as difference_draws,
        count(change) over (partition by segment, horizon_months) as change_draws

    from drawn

),

ends as (

    select
        segment,
        horizon_months,
        max(
            case when difference_place = {{ low_place('difference_draws') }} then difference end
        ) as difference_low,
        max(
            case
                when difference_place = difference_draws + 1 - {{ low_place('difference_draws') }}
                    then difference
            end
        ) as difference_high,
        max(case when change_place = {{ low_place('change_draws') }} then change end)
            as change_low,
        max(
            case
                when change_place = change_draws + 1 - {{ low_place('change_draws') }} then change
            end
        ) as change_high

    from ordered

    group by segment, horizon_months

),

summed as (

    select
        segments.segment,
        compared.horizon_months,
        count(*) as accounts,
        sum(compared.last_revenue) as last_revenue,
        sum(compared.next_revenue) as next_revenue

    from compared

    inner join segments
        on segments.segment in ('all', compared.segment)

    group by segments.segment, compared.horizon_months

),

sizes as (

    select
        segments.segment,
        count(*) as active_accounts

    from segments

    inner join accounts
        on segments.segment in ('all', accounts.segment)

    group by segments.segment

),

rounded as (

    select
        sizes.segment,
        horizons.horizon_months,
        last_closed.month,
        sizes.active_accounts,
        coalesce(summed.accounts, 0) as accounts,
        cast(round(summed.last_revenue, 4) as decimal(38, 4)) as last_revenue,
        cast(summed.next_revenue as decimal(38, 4)) as next_revenue,
        ends.difference_low,
        ends.difference_high,
        ends.change_low,
        ends.change_high

    from sizes

    cross join horizons

    cross join last_closed

    left join summed
        on
            sizes.segment = summed.segment
            and horizons.horizon_months = summed.horizon_months

    left join ends
        on
            sizes.segment = ends.segment
            and horizons.horizon_months = ends.horizon_months

),

final as (

    select
        segment,
        horizon_months,
        month,
        cast(accounts as bigint) as accounts,
        cast(active_accounts - accounts as bigint) as accounts_left_out,
        last_revenue,
        next_revenue,
        cast(next_revenue - last_revenue as decimal(38, 4)) as difference,
        cast(difference_low as decimal(38, 4)) as difference_low,
        cast(difference_high as decimal(38, 4)) as difference_high,
        case
            when last_revenue > 0
                then {{ ratio('next_revenue - last_revenue', 'last_revenue') }}
        end as change,
        cast(change_low as decimal(18, 6)) as change_low,
        cast(change_high as decimal(18, 6)) as change_high,
        case when accounts = 0 then 'no_bills' end as reason

    from rounded

)

select * from final
