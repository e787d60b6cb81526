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

windows as (

    select windows.* from ({{ trailing_windows() }}) as windows

),

-- a month is judged on the closed months up to it that are billed in the same currency
spans as (

    select
        bills.bill_number,
        bills.series_number,
        bills.closed_month,
        windows.window_name,
        {{ add_months('bills.closed_month', '-' ~ window_span('windows', 'limits')) }}
            as month_before,
        least(
            limits.migration_months_least,
            coalesce(windows.window_months, limits.migration_months_least)
        ) as months_least

    from bills

    inner join limits
        on bills.segment = limits.segment

    cross join windows

    where bills.is_latest

),

summed as (

    select
        spans.bill_number,
        spans.window_name,
        spans.months_least,
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

    from spans

    inner join bills as earlier
        on
            spans.series_number = earlier.series_number
            and spans.closed_month >= earlier.closed_month
            and spans.month_before < earlier.closed_month

    group by spans.bill_number, spans.window_name, spans.months_least

),

-- grandfathering as though the proposal had begun with the window
relieved as (

    select
        summed.bill_number,
        summed.window_name,
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

    group by summed.bill_number, summed.window_name

),

looked_back as (

    select
        bills.account_id,
        bills.scenario_id,
        bills.segment,
        bills.closed_month as month,
        summed.window_name,
        bills.currency,
        summed.months,
        summed.months >= summed.months_least as has_months,
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
        on
            summed.bill_number = relieved.bill_number
            and summed.window_name = relieved.window_name

),

-- the lasting rise: without what grandfathering takes off for a while
lasting as (

    select
        looked_back.*,
        {{ window_rises('looked_back') }}

    from looked_back

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

final as (

    select {{ window_columns('weighed', 'churn_bands', 'assumed') }}

    from weighed

    cross join assumed

    left join churn_bands
        on {{ is_in_churn_band('weighed.lasting_ratio', 'churn_bands') }}

)

select * from final
