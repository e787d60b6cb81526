with

judged as (

    select * from {{ ref('int_judged_windows') }}
    where window_name in ('first_bill', 'next_12')

),

bills_ahead as (

    select * from {{ ref('int_bills_ahead') }}

),

-- its first bill under the proposal, whether or not there is a usual one to compare it with
moved as (

    select
        account_id,
        scenario_id,
        segment,
        month,
        {{ add_months('month', 'cast(min(month_ahead) as integer)') }} as moves_in

    from bills_ahead

    group by account_id, scenario_id, segment, month

),

first_bills as (

    select * from judged
    where window_name = 'first_bill'

),

years as (

    select * from judged
    where window_name = 'next_12'

),

final as (

    select
        moved.account_id,
        moved.scenario_id,
        moved.segment,
        moved.month,
        cast(moved.moves_in as date) as moves_in,
        cast(first_bills.current_reporting as decimal(18, 4)) as usual_reporting,
        cast(first_bills.proposed_reporting as decimal(18, 4)) as first_bill_reporting,
        cast(first_bills.difference as decimal(18, 4)) as first_bill_difference,
        case
            when first_bills.current_reporting > 0
                then {{ ratio('first_bills.difference', 'first_bills.current_reporting') }}
        end as first_bill_change,
        first_bills.is_shock as is_first_bill_shock,
        cast(years.current_reporting as decimal(18, 4)) as staying_reporting,
        cast(years.proposed_reporting as decimal(18, 4)) as moving_reporting,
        cast(years.difference as decimal(18, 4)) as year_difference,
        years.is_shock as is_year_shock,
        cast(years.extra_churn_ratio as decimal(18, 6)) as extra_churn,
        cast(round(years.monthly_gain * 12, 4) as decimal(38, 4)) as yearly_gain

    from moved

    left join first_bills
        on
            moved.account_id = first_bills.account_id
            and moved.scenario_id = first_bills.scenario_id
            and moved.month = first_bills.month

    left join years
        on
            moved.account_id = years.account_id
            and moved.scenario_id = years.scenario_id
            and moved.month = years.month

)

select * from final
