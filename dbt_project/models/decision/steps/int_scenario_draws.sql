with

windows as (

    select * from {{ ref('int_migration_windows') }}

),

weights as (

    select * from {{ ref('int_bootstrap_weights') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

-- hundredths of money as whole numbers: fast, and the same sum in any order
scaled as (

    select
        account_id,
        segment,
        month,
        scenario_id,
        cast(round(current_reporting, 2) * 100 as bigint) as current_cents,
        cast(round(proposed_reporting, 2) * 100 as bigint) as proposed_cents,
        cast(case when is_shock then 1 else 0 end as bigint) as shocked

    from windows

    where has_months and current_reporting is not null and proposed_reporting is not null

),

weighted as (

    select
        scaled.segment,
        scaled.month,
        scaled.scenario_id,
        weights.draw,
        sum(weights.weight * scaled.current_cents) as current_cents,
        sum(weights.weight * scaled.proposed_cents) as proposed_cents,
        sum(weights.weight * scaled.shocked) as shocked,
        sum(weights.weight) as accounts

    -- hundreds of draws of each account meet its one row
    from weights

    inner join scaled
        on weights.account_id = scaled.account_id

    where weights.weight > 0

    group by scaled.segment, scaled.month, scaled.scenario_id, weights.draw

),

drawn as (

    select
        segments.segment,
        weighted.month,
        weighted.scenario_id,
        weighted.draw,
        cast(sum(weighted.current_cents) as decimal(38, 0)) * 0.01 as current_reporting,
        cast(sum(weighted.proposed_cents) as decimal(38, 0)) * 0.01 as proposed_reporting,
        sum(weighted.shocked) as shocked,
        sum(weighted.accounts) as accounts

    from weighted

    inner join segments
        on segments.segment in ('all', weighted.segment)

    group by segments.segment, weighted.month, weighted.scenario_id, weighted.draw

),

valued as (

    select
        segment,
        month,
        scenario_id,
        draw,
        case
            when current_reporting > 0
                then
                    {{ ratio('proposed_reporting - current_reporting', 'current_reporting') }}
        end as revenue_change,
        {{ ratio('shocked', 'accounts') }} as shock_share

    from drawn

)

select * from valued
