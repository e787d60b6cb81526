with

lines as (

    select * from {{ ref('int_model_lines') }}

),

bills as (

    select * from {{ ref('int_model_bills') }}

),

-- an account that may choose and stays has the lines of the current bill
billed as (

    select
        account_id,
        month,
        scenario_id,
        case when takes_current then 'current' else scenario_id end as lines_of

    from bills
    where reason is null

),

own as (

    select
        lines.account_id,
        lines.month,
        billed.scenario_id,
        lines.subscription_id,
        lines.plan_id,
        lines.charge_id,
        lines.charge_name,
        lines.line_kind,
        lines.meter,
        lines.service_start,
        lines.service_end,
        lines.quantity,
        lines.included,
        lines.billable,
        lines.unit_price,
        lines.tier,
        lines.exact_amount,
        lines.amount,
        lines.currency,
        lines.cause,
        lines.explanation,
        lines.price_version,
        lines.event_id,
        lines.line_key

    from lines

    inner join billed
        on
            lines.account_id = billed.account_id
            and lines.month = billed.month
            and lines.scenario_id = billed.lines_of

),

grandfathered as (

    select
        bills.account_id,
        bills.month,
        bills.scenario_id,
        cast(null as varchar) as subscription_id,
        bills.plan_id,
        cast(null as varchar) as charge_id,
        'Grandfathering' as charge_name,
        'grandfathering' as line_kind,
        cast(null as varchar) as meter,
        bills.period_start as service_start,
        bills.period_end as service_end,
        cast(null as decimal(28, 6)) as quantity,
        cast(null as decimal(28, 6)) as included,
        cast(null as decimal(28, 6)) as billable,
        cast(null as decimal(18, 9)) as unit_price,
        cast(null as integer) as tier,
        cast(bills.grandfathering_amount as decimal(38, 12)) as exact_amount,
        bills.grandfathering_amount as amount,
        bills.currency,
        'grandfathering' as cause,
        concat(
            'Held to ',
            {{ number_text('100 * bills.max_increase_ratio') }},
            ' % above the current bill of ',
            {{ price_text('bills.current_amount', 'bills.minor_units') }},
            ', period ',
            cast(bills.period_number as varchar),
            coalesce(concat(' of ', cast(bills.max_increase_periods as varchar)), ''),
            ': ',
            {{ price_text('bills.grandfathering_amount', 'bills.minor_units') }},
            '.'
        ) as explanation,
        cast(null as varchar) as price_version,
        cast(null as varchar) as event_id,
        'grandfathering' as line_key

    from bills
    where bills.grandfathering_amount < 0

),

together as (

    select * from own

    union all

    select * from grandfathered

),

numbered as (

    select
        together.*,
        row_number() over (
            partition by account_id, month, scenario_id
            order by
                case line_kind
                    when 'flat' then 1
                    when 'seat' then 2
                    when 'proration' then 3
                    when 'usage' then 4
                    when 'discount' then 6
                    when 'minimum' then 7
                    when 'cap' then 8
                    when 'grandfathering' then 9
                    when 'credit' then 10
                    else 5
                end,
                service_start,
                line_key
        ) as line_number

    from together

),

typed as (

    select
        account_id,
        month,
        scenario_id,
        cast(line_number as integer) as line_number,
        subscription_id,
        plan_id,
        charge_id,
        charge_name,
        line_kind,
        meter,
        service_start,
        service_end,
        cast(quantity as decimal(28, 6)) as quantity,
        cast(included as decimal(28, 6)) as included,
        cast(billable as decimal(28, 6)) as billable,
        cast(unit_price as decimal(18, 9)) as unit_price,
        cast(tier as integer) as tier,
        cast(exact_amount as decimal(38, 12)) as exact_amount,
        cast(amount as decimal(18, 4)) as amount,
        currency,
        cause,
        explanation,
        price_version,
        event_id,
        line_key

    from numbered

)

select * from typed
