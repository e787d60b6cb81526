with

windows as (

    select * from {{ ref('int_judged_windows') }}

),

weights as (

    select * from {{ ref('int_bootstrap_weights') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

-- hundredths of money and millionths of churn as whole numbers: fast, and the same sum in any order
scaled as (

    select
        account_id,
        segment,
        month,
        scenario_id,
        window_name,
        cast(round(current_reporting, 2) * 100 as bigint) as current_cents,
        cast(round(proposed_reporting, 2) * 100 as bigint) as proposed_cents,
        cast(round(monthly_gain, 2) * 100 as bigint) as gain_cents,
        cast(round(cost, 2) * 100 as bigint) as cost_cents,
        cast(extra_churn_ratio * 1000000 as bigint) as churn_millionths,
        cast(case when is_shock then 1 else 0 end as bigint) as shocked,
        cast(case when difference < 0 then 1 else 0 end as bigint) as winners,
        cast(case when difference > 0 then 1 else 0 end as bigint) as losers

    from windows

),

weighted as (

    select
        scaled.segment,
        scaled.month,
        scaled.scenario_id,
        scaled.window_name,
        weights.draw,
        sum(weights.weight * scaled.current_cents) as current_cents,
        sum(weights.weight * scaled.proposed_cents) as proposed_cents,
        sum(weights.weight * scaled.gain_cents) as gain_cents,
        sum(weights.weight * scaled.cost_cents) as cost_cents,
        sum(
            case when scaled.cost_cents is not null then weights.weight * scaled.current_cents end
        ) as costed_current_cents,
        sum(
            case when scaled.cost_cents is not null then weights.weight * scaled.proposed_cents end
        ) as costed_proposed_cents,
        sum(weights.weight * scaled.churn_millionths) as churn_millionths,
        sum(weights.weight * scaled.shocked) as shocked,
        sum(weights.weight * scaled.winners) as winners,
        sum(weights.weight * scaled.losers) as losers,
        sum(weights.weight) as accounts

    -- hundreds of draws of each account meet its one row
    from weights

    inner join scaled
        on weights.account_id = scaled.account_id

    where weights.weight > 0

    group by
        scaled.segment, scaled.month, scaled.scenario_id, scaled.window_name, weights.draw

),

drawn as (

    select
        segments.segment,
        weighted.month,
        weighted.scenario_id,
        weighted.window_name,
        weighted.draw,
        cast(sum(weighted.current_cents) as decimal(38, 0)) * 0.01 as current_reporting,
        cast(sum(weighted.proposed_cents) as decimal(38, 0)) * 0.01 as proposed_reporting,
        cast(sum(weighted.gain_cents) as decimal(38, 0)) * 0.01 as expected_gain,
        cast(sum(weighted.cost_cents) as decimal(38, 0)) * 0.01 as cost,
        cast(sum(weighted.costed_current_cents) as decimal(38, 0)) * 0.01 as costed_current,
        cast(sum(weighted.costed_proposed_cents) as decimal(38, 0)) * 0.01 as costed_proposed,
        cast(sum(weighted.churn_millionths) as decimal(38, 0)) * 0.000001 as extra_churn,
        sum(weighted.shocked) as shocked,
        sum(weighted.winners) as winners,
        sum(weighted.losers) as losers,
        sum(weighted.accounts) as accounts

    from weighted

    inner join segments
        on segments.segment in ('all', weighted.segment)

    group by
        segments.segment, weighted.month, weighted.scenario_id, weighted.window_name, weighted.draw

),

valued as (

    select
        segment,
        month,
        scenario_id,
        window_name,
        draw,
        case
            when current_reporting > 0
                then
                    {{ ratio('proposed_reporting - current_reporting', 'current_reporting') }}
        end as revenue_change,
        {{ ratio('shocked', 'accounts') }} as shock_share,
        {{ ratio('extra_churn', 'accounts') }} as extra_churn,
        case
            when costed_current > 0 and costed_proposed > 0
                then
                    {{ ratio('cost', 'costed_current') }} - {{ ratio('cost', 'costed_proposed') }}
        end as margin_change,
        {{ ratio('winners', 'accounts') }} as winner_share,
        {{ ratio('losers', 'accounts') }} as loser_share,
        cast(expected_gain as decimal(38, 4)) as expected_gain

    from drawn

)

select * from valued
