with

windows as (

    select * from {{ ref('int_migration_windows') }}

),

bills_ahead as (

    select * from {{ ref('int_bills_ahead') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

churn_bands as (

    select bands.* from ({{ churn_bands(ref('stg_churn_assumptions')) }}) as bands

),

-- bills ahead are in the reporting currency, and a proposal begins with the window
summed as (

    select
        account_id,
        scenario_id,
        segment,
        month,
        window_name,
        cast(null as varchar) as currency,
        count(*) as months,
        true as has_months,
        sum(current_reporting) as current_amount,
        sum(proposed_reporting) as proposed_amount,
        sum(grandfathering_reporting) as grandfathering_amount,
        sum(current_reporting) as current_reporting,
        sum(proposed_reporting) as proposed_reporting,
        sum(grandfathering_reporting) as grandfathering_reporting,
        sum(grandfathering_reporting) as relief_amount,
        sum(grandfathering_reporting) as relief_reporting,
        case when count(cost) = count(*) then sum(cost) end as cost

    from bills_ahead

    group by account_id, scenario_id, segment, month, window_name

),

lasting as (

    select
        summed.*,
        {{ window_rises('summed') }}

    from summed

),

weighed as (

    select
        lasting.*,
        {{ window_shocks('lasting', 'limits') }}

    from lasting

    inner join limits
        on lasting.segment = limits.segment

),

assumed as (

    select count(*) as bands from churn_bands

),

ahead as (

    select {{ window_columns('weighed', 'churn_bands', 'assumed') }}

    from weighed

    cross join assumed

    left join churn_bands
        on {{ is_in_churn_band('weighed.lasting_ratio', 'churn_bands') }}

),

unioned as (

    select * from windows

    union all

    select * from ahead

),

-- who has too few months, or no bill in the reporting currency, is not judged
judged as (

    select
        account_id,
        scenario_id,
        segment,
        month,
        window_name,
        currency,
        months,
        current_reporting,
        proposed_reporting,
        difference,
        relief_amount,
        relief_reporting,
        cost,
        lasting_ratio,
        is_shock,
        is_shock_grandfathered,
        churn_band,
        extra_churn_ratio

    from unioned

    where has_months and current_reporting is not null and proposed_reporting is not null

),

-- both bills over the window, less what the assumed extra churn takes of the proposal's
gained as (

    select
        *,
        {{ stayed_amount('proposed_reporting', 'cast(1 - extra_churn_ratio as decimal(20, 9))') }}
        - current_reporting as gain

    from judged

),

final as (

    select
        account_id,
        scenario_id,
        segment,
        month,
        window_name,
        currency,
        months,
        current_reporting,
        proposed_reporting,
        difference,
        relief_amount,
        relief_reporting,
        cost,
        lasting_ratio,
        is_shock,
        is_shock_grandfathered,
        churn_band,
        extra_churn_ratio,
        {{ exact_ratio('gain', '1', 'months') }} as monthly_gain

    from gained

)

select * from final
