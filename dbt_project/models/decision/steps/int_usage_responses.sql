with

lines as (

    select * from {{ ref('int_projection_lines') }}

),

usage_response as (

    select * from {{ ref('stg_usage_response') }}

),

-- what is paid for a meter, and for how much of it
paid as (

    select
        account_id,
        scenario_id,
        currency,
        trend_meter as meter,
        sum(amount) as amount,
        sum(quantity) as quantity

    from lines

    where trend_meter is not null and behaviour in ('metered', 'rated', 'scaled')

    group by account_id, scenario_id, currency, trend_meter

),

-- compared by multiplying; a meter that costs nothing today is dearer than every band
compared as (

    select
        proposed.account_id,
        proposed.scenario_id,
        proposed.meter,
        usage_response.assumption_case,
        usage_response.price_change_over,
        usage_response.usage_change_ratio,
        row_number() over (
            partition by
                proposed.account_id,
                proposed.scenario_id,
                proposed.meter,
                usage_response.assumption_case
            order by usage_response.price_change_over desc
        ) as band_rank

    from paid as proposed

    left join paid as today
        on
            proposed.account_id = today.account_id
            and proposed.meter = today.meter
            and today.scenario_id = 'current'
            and proposed.currency = today.currency

    inner join usage_response
        on proposed.meter = usage_response.meter

    where
        proposed.scenario_id <> 'current'
        and proposed.amount > 0
        and (
            coalesce(today.amount, 0) <= 0
            or coalesce(today.quantity, 0) <= 0
            or cast(proposed.amount as decimal(18, 4)) * cast(today.quantity as decimal(20, 6))
            >= cast(
                cast(today.amount as decimal(18, 4)) * (1 + usage_response.price_change_over)
                as decimal(18, 4)
            ) * cast(proposed.quantity as decimal(20, 6))
        )

),

assumed as (

    select
        account_id,
        scenario_id,
        meter,
        assumption_case,
        usage_change_ratio

    from compared

    where band_rank = 1

),

-- whoever answers as assumed could answer otherwise: levels stand beside the cases
levelled as (

    select
        assumed.account_id,
        assumed.scenario_id,
        assumed.meter,
        levels.usage_level as assumption_case,
        levels.usage_change_ratio

    from assumed

    cross join ({{ usage_levels() }}) as levels

    where assumed.assumption_case = 'middle'

),

final as (

    select
        account_id,
        scenario_id,
        meter,
        assumption_case,
        cast(usage_change_ratio as decimal(18, 6)) as usage_change_ratio,
        false as is_level

    from assumed

    union all

    select
        account_id,
        scenario_id,
        meter,
        assumption_case,
        cast(usage_change_ratio as decimal(18, 6)) as usage_change_ratio,
        true as is_level

    from levelled

)

select * from final
