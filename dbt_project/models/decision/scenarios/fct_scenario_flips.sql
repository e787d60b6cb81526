with

flips as (

    select * from {{ ref('int_scenario_flips') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

final as (

    select
        flips.segment,
        flips.month,
        flips.scenario_id,
        flips.window_name as {{ adapter.quote('window') }},
        cast(flips.increase_over as decimal(18, 6)) as increase_over,
        cast(flips.next_increase_over as decimal(18, 6)) as next_increase_over,
        cast(flips.band_accounts as bigint) as band_accounts,
        cast(flips.assumed_churn as decimal(18, 6)) as assumed_churn,
        cast(flips.critical_churn as decimal(18, 6)) as critical_churn,
        flips.standing,
        flips.is_nearest

    from flips

    inner join last_closed
        on flips.month = last_closed.month

)

select * from final
