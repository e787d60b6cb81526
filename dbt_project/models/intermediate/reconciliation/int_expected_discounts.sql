with

invoiced as (

    select * from {{ ref('int_invoiced_lines') }}

),

units as (

    select * from {{ ref('int_rated_units') }}
    where scenario_id = 'current'

),

charges as (

    select * from {{ ref('int_rated_charges') }}

),

discounts as (

    select * from {{ ref('int_unit_discounts') }}

),

adjustment_lines as (

    select * from {{ ref('int_adjustment_lines') }}
    where line_key = 'discount amount'

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

-- a negotiated discount belongs to a charge; if a kind has several, the largest counts as approved
contract_discounts as (

    select
        unit_id,
        case
            when meter = 'seats' then 'seat'
            when meter = 'flat' then 'flat'
            else 'usage'
        end as line_kind,
        max(contract_discount_ratio) as contract_discount_ratio

    from charges
    group by
        unit_id,
        case
            when meter = 'seats' then 'seat'
            when meter = 'flat' then 'flat'
            else 'usage'
        end

),

-- billing systems discount the lines of the invoice, whatever their period
discounted as (

    select
        invoiced.account_id,
        invoiced.contract_id,
        invoiced.invoice_id,
        invoiced.currency,
        invoiced.service_start,
        invoiced.service_end,
        {{ exact_product(
            'invoiced.amount',
            'least(coalesce(discounts.ratio, 0)'
            ~ ' + coalesce(contract_discounts.contract_discount_ratio, 0), 1)'
        ) }} as discounted_amount,
        -- a fixed amount comes off once, with the line that opens the period
        case
            when
                invoiced.line_kind in ('seat', 'flat')
                and invoiced.service_start = units.service_start
                then coalesce(-adjustment_lines.amount, 0)
            else 0
        end as fixed_amount

    from invoiced

    inner join units
        on
            invoiced.account_id = units.account_id
            and invoiced.contract_id = units.contract_id
            and invoiced.service_start >= units.service_start
            and invoiced.service_start < units.service_end

    left join discounts
        on units.unit_id = discounts.unit_id

    left join contract_discounts
        on
            units.unit_id = contract_discounts.unit_id
            and contract_discounts.line_kind
            = case when invoiced.line_kind = 'proration' then 'seat' else invoiced.line_kind end

    left join adjustment_lines
        on units.unit_id = adjustment_lines.unit_id

    where invoiced.line_kind in ('seat', 'flat', 'usage', 'proration')

),

summed_up as (

    select
        discounted.account_id,
        discounted.contract_id,
        discounted.invoice_id,
        discounted.currency,
        min(discounted.service_start) as service_start,
        max(discounted.service_end) as service_end,
        cast(sum(discounted.discounted_amount) as decimal(38, 12)) as discounted_amount,
        cast(max(discounted.fixed_amount) as decimal(18, 4)) as fixed_amount,
        coalesce(max(currencies.minor_units), 2) as minor_units

    from discounted

    left join currencies
        on discounted.currency = currencies.currency

    group by
        discounted.account_id,
        discounted.contract_id,
        discounted.invoice_id,
        discounted.currency

),

expected as (

    select
        account_id,
        contract_id,
        invoice_id,
        currency,
        service_start,
        service_end,
        cast(
            -({{ round_money('discounted_amount', 'minor_units') }} + fixed_amount)
            as decimal(18, 4)
        ) as amount

    from summed_up

)

select * from expected
where amount <> 0
