with

bills as (

    select * from {{ ref('fct_shadow_bills') }}
    where is_available and amount is not null and not is_provisional

),

bill_lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

ranking as (

    select * from {{ ref('fct_segment_ranking') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

families as (

    select
        plan_id,
        case family
            when 'per_seat' then 'per_seat'
            when 'usage' then 'usage'
            when 'token' then 'usage'
            when 'credit' then 'usage'
            when 'outcome' then 'outcome'
            when 'hybrid' then 'hybrid'
        end as pricing_model

    from plans

),

-- the last three closed bills, and those of the three months that ended a year before
placed as (

    select
        bills.account_id,
        bills.segment,
        bills.scenario_id,
        bills.month,
        bills.amount,
        bills.amount_reporting,
        families.pricing_model,
        dense_rank() over (partition by bills.account_id order by bills.month desc) as recency,
        bills.month > {{ add_months('last_closed.month', '-6') }} as is_recent,
        bills.month
        between {{ add_months('last_closed.month', '-14') }}
        and {{ add_months('last_closed.month', '-12') }} as is_year_ago

    from bills

    inner join families
        on bills.plan_id = families.plan_id

    cross join last_closed

    where families.pricing_model is not null

),

sided as (

    select
        *,
        case when is_year_ago then 'year_ago' else 'now' end as side

    from placed

    where is_year_ago or (is_recent and recency <= 3)

),

lined as (

    select
        sided.account_id,
        sided.segment,
        sided.scenario_id,
        sided.pricing_model,
        sided.side,
        sided.month,
        max(sided.amount_reporting) as bill_reporting,
        count(bill_lines.line_number) as lines,
        sum(
            case
                when bill_lines.cause = 'seats' and bill_lines.line_kind in ('seat', 'invoiced')
                    then bill_lines.quantity
            end
        ) as seats,
        sum(case when bill_lines.cause = 'outcomes' then bill_lines.quantity end) as outcomes,
        sum(case when bill_lines.meter = 'credits' then bill_lines.quantity end) as credits,
        sum(
            case
                when bill_lines.cause in ('usage', 'overage') then bill_lines.amount
            end
        ) as metered_amount,
        max(sided.amount) as bill_amount

    from sided

    left join bill_lines
        on
            sided.account_id = bill_lines.account_id
            and sided.scenario_id = bill_lines.scenario_id
            and sided.month = bill_lines.month

    group by
        sided.account_id,
        sided.segment,
        sided.scenario_id,
        sided.pricing_model,
        sided.side,
        sided.month

),

-- what the model charges by: several meters have only their price in common, or their credits
summed as (

    select
        account_id,
        segment,
        scenario_id,
        pricing_model,
        side,
        count(*) as bills,
        sum(lines) as lines,
        case pricing_model
            when 'per_seat' then sum(coalesce(seats, 0))
            when 'outcome' then sum(coalesce(outcomes, 0))
            when 'usage'
                then
                    sum(
                        case
                            when credits is not null then credits
                            when bill_amount <> 0
                                then
                                    round(
                                        bill_reporting
                                        * cast(
                                            {{ ratio(
                                                'coalesce(metered_amount, 0)', 'bill_amount'
                                            ) }} as decimal(20, 6)
                                        ), 6
                                    )
                            else 0
                        end
                    )
            else sum(bill_reporting)
        end as unit_quantity

    from lined

    group by account_id, segment, scenario_id, pricing_model, side

),

-- of several proposals of a model the one that ranks first; today's where there is none
candidates as (

    select distinct
        segments.segment,
        summed.pricing_model,
        summed.scenario_id,
        ranking.proposal_place

    from summed

    inner join segments
        on segments.segment in ('all', summed.segment)

    left join ranking
        on segments.segment = ranking.segment and summed.scenario_id = ranking.scenario_id

    where summed.side = 'now'

),

chosen as (

    select
        *,
        row_number() over (
            partition by segment, pricing_model
            order by
                case
                    when (scenario_id = 'current') = (pricing_model = 'per_seat') then 0 else 1
                end,
                case when proposal_place is null then 1 else 0 end,
                proposal_place,
                scenario_id
        ) as choice

    from candidates

),

final as (

    select
        chosen.segment,
        chosen.pricing_model,
        chosen.scenario_id,
        summed.account_id,
        summed.side,
        cast(summed.bills as bigint) as bills,
        cast(summed.lines as bigint) as lines,
        cast(summed.unit_quantity as decimal(28, 6)) as unit_quantity

    from chosen

    inner join summed
        on
            chosen.pricing_model = summed.pricing_model
            and chosen.scenario_id = summed.scenario_id
            and chosen.segment in ('all', summed.segment)

    where chosen.choice = 1

)

select * from final
