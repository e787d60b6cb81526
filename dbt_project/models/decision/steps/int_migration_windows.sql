with

bills as (

    select * from {{ ref('int_migration_bills') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

churn_bands as (

    select bands.* from ({{ churn_bands(ref('stg_churn_assumptions')) }}) as bands

),

-- a month is judged on the closed months up to it that are billed in the same currency
summed as (

    select
        latest.bill_number,
        min(earlier.series_place) as first_place,
        count(*) as months,
        sum(earlier.current_amount) as current_amount,
        sum(earlier.proposed_amount) as proposed_amount,
        sum(earlier.grandfathering_amount) as grandfathering_amount,
        case
            when count(earlier.current_reporting) = count(*) then sum(earlier.current_reporting)
        end as current_reporting,
        case
            when count(earlier.proposed_reporting) = count(*) then sum(earlier.proposed_reporting)
        end as proposed_reporting,
        case
            when count(earlier.grandfathering_reporting) = count(*)
                then sum(earlier.grandfathering_reporting)
        end as grandfathering_reporting,
        case when count(earlier.cost) = count(*) then sum(earlier.cost) end as cost

    from bills as latest

    inner join limits
        on latest.segment = limits.segment

    inner join bills as earlier
        on
            latest.series_number = earlier.series_number
            and latest.closed_month >= earlier.closed_month
            and {{ add_months('latest.closed_month', '-limits.migration_months') }}
            < earlier.closed_month

    where latest.is_latest

    group by latest.bill_number

),

-- grandfathering as though the proposal had begun with the window
relieved as (

    select
        summed.bill_number,
        sum(earlier.relief_amount) as relief_amount,
        case when count(earlier.relief_reporting) = count(*) then sum(earlier.relief_reporting) end
            as relief_reporting

    from summed

    inner join bills as latest
        on summed.bill_number = latest.bill_number

    inner join bills as earlier
        on
            latest.series_number = earlier.series_number
            and summed.first_place <= earlier.series_place
            and latest.closed_month >= earlier.closed_month

    where
        earlier.relief_amount <> 0
        and (
            earlier.max_increase_periods is null
            or earlier.series_place < summed.first_place + earlier.max_increase_periods
        )

    group by summed.bill_number

),

looked_back as (

    select
        bills.account_id,
        bills.scenario_id,
        bills.segment,
        bills.closed_month as month,
        bills.currency,
        summed.months,
        summed.current_amount,
        summed.proposed_amount,
        summed.grandfathering_amount,
        summed.current_reporting,
        summed.proposed_reporting,
        summed.grandfathering_reporting,
        coalesce(relieved.relief_amount, 0) as relief_amount,
        case when relieved.bill_number is null then 0 else relieved.relief_reporting end
            as relief_reporting,
        summed.cost

    from summed

    inner join bills
        on summed.bill_number = bills.bill_number

    left join relieved
        on summed.bill_number = relieved.bill_number

),

-- the lasting rise: without what grandfathering takes off for a while
compared as (

    select
        looked_back.*,
        looked_back.months >= limits.migration_months_least as has_months,
        limits.migration_increase_ratio,
        limits.migration_increase_amount,
        looked_back.proposed_amount - looked_back.current_amount as difference,
        looked_back.proposed_amount
        - looked_back.grandfathering_amount
        - looked_back.current_amount as lasting_difference,
        looked_back.proposed_reporting - looked_back.current_reporting as difference_reporting,
        looked_back.proposed_reporting
        - looked_back.grandfathering_reporting
        - looked_back.current_reporting as lasting_reporting

    from looked_back

    inner join limits
        on looked_back.segment = limits.segment

),

-- whoever pays nothing today has no ratio, and any rise is beyond every ratio
judged as (

    select
        *,
        case
            when current_amount > 0
                then {{ ratio('lasting_difference', 'current_amount') }}
            when lasting_difference > 0 then cast(999999 as decimal(18, 6))
            else cast(0 as decimal(18, 6))
        end as lasting_ratio,
        {{ is_migration_shock(
            'lasting_difference', 'lasting_reporting', 'current_amount', 'months', 'compared'
        ) }} as is_shock,
        {{ is_migration_shock(
            'lasting_difference + relief_amount',
            'lasting_reporting + relief_reporting',
            'current_amount',
            'months',
            'compared'
        ) }}
            as is_shock_grandfathered

    from compared

),

-- without a table of assumptions nothing is assumed, not even that nobody leaves
assumed as (

    select count(*) as bands from churn_bands

),

final as (

    select
        judged.account_id,
        judged.scenario_id,
        judged.segment,
        judged.month,
        judged.currency,
        cast(judged.months as integer) as months,
        judged.has_months,
        judged.current_amount,
        judged.proposed_amount,
        judged.difference,
        judged.current_reporting,
        judged.proposed_reporting,
        judged.difference_reporting,
        judged.cost,
        judged.lasting_ratio,
        judged.is_shock,
        judged.is_shock_grandfathered,
        churn_bands.increase_over as churn_band,
        case when assumed.bands > 0 then coalesce(churn_bands.extra_churn_ratio, 0) end
            as extra_churn_ratio

    from judged

    cross join assumed

    left join churn_bands
        on
            judged.lasting_ratio >= churn_bands.increase_over
            and (
                churn_bands.next_increase_over is null
                or judged.lasting_ratio < churn_bands.next_increase_over
            )

)

select * from final
