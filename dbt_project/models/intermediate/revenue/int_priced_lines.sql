with

invoice_lines as (

    select * from {{ ref('stg_invoice_lines') }}
    where
        status not in ('void', 'draft')
        and line_type in ('seat', 'flat', 'commitment', 'proration', 'usage', 'discount')

),

charges as (

    select * from {{ ref('stg_charges') }}

),

contract_prices as (

    select * from {{ ref('stg_contract_prices') }}
    where approved_by is not null

),

discounts as (

    select * from {{ ref('stg_discounts') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

-- the list price of a seat; a plan with several (by role) or with tiers has no single price
book_prices as (

    select
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        min(charges.unit_amount) as unit_amount

    from invoice_lines

    inner join charges
        on
            invoice_lines.plan_id = charges.plan_id
            and charges.meter = 'seats'
            and charges.valid_from <= invoice_lines.period_start
            and (charges.valid_to is null or charges.valid_to > invoice_lines.period_start)

    where invoice_lines.line_type in ('seat', 'proration')
    group by invoice_lines.invoice_id, invoice_lines.line_id
    having count(*) = 1 and min(charges.pricing) = 'per_unit'

),

-- approved discounts for the account and the plan of the line
agreed_prices as (

    select
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        max(coalesce(contract_prices.discount_ratio, 0)) as discount_ratio

    from invoice_lines

    inner join charges
        on invoice_lines.plan_id = charges.plan_id

    inner join contract_prices
        on
            invoice_lines.account_id = contract_prices.account_id
            and charges.charge_id = contract_prices.charge_id
            and contract_prices.valid_from <= invoice_lines.period_start
            and (
                contract_prices.valid_to is null
                or contract_prices.valid_to > invoice_lines.period_start
            )

    group by invoice_lines.invoice_id, invoice_lines.line_id

),

-- rows of discounts.csv override the subscription's own discount, approved or not
book_discounts as (

    select
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        coalesce(
            sum(case when discounts.approved_by is not null then discounts.ratio end), 0
        ) as ratio,
        coalesce(
            sum(case when discounts.approved_by is not null then discounts.amount end), 0
        ) as amount

    from invoice_lines

    inner join accounts
        on invoice_lines.account_id = accounts.account_id

    inner join discounts
        on
            (discounts.valid_from is null or discounts.valid_from <= invoice_lines.period_start)
            and (discounts.valid_to is null or discounts.valid_to > invoice_lines.period_start)
            and (
                (discounts.scope = 'plan' and discounts.scope_id = invoice_lines.plan_id)
                or (
                    discounts.scope = 'account'
                    and discounts.scope_id = invoice_lines.account_id
                )
                or (discounts.scope = 'segment' and discounts.scope_id = accounts.segment)
            )

    where invoice_lines.line_type = 'discount'
    group by invoice_lines.invoice_id, invoice_lines.line_id

),

subscribed_discounts as (

    select
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        max(contracts.discount_ratio) as ratio

    from invoice_lines

    inner join contracts
        on
            invoice_lines.account_id = contracts.account_id
            and contracts.started_on <= invoice_lines.period_start
            and (contracts.ended_on is null or contracts.ended_on > invoice_lines.period_start)
            and (
                invoice_lines.subscription_id is null
                or contracts.contract_id in ('', invoice_lines.subscription_id)
            )

    where invoice_lines.line_type = 'discount'
    group by invoice_lines.invoice_id, invoice_lines.line_id

),

listed as (

    select
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        invoice_lines.account_id,
        invoice_lines.currency,
        invoice_lines.period_start as service_start,
        invoice_lines.period_end as service_end,
        invoice_lines.line_type = 'discount' as is_discount,
        invoice_lines.amount,
        invoice_lines.quantity,
        invoice_lines.unit_price,
        coalesce(invoice_lines.list_unit_price, book_prices.unit_amount) as list_unit_price,
        agreed_prices.invoice_id is not null as is_agreed,
        least(
            coalesce(book_discounts.ratio, subscribed_discounts.ratio, 0)
            + coalesce(agreed_prices.discount_ratio, 0),
            1
        ) as approved_ratio,
        coalesce(book_discounts.amount, 0) as approved_amount,
        coalesce(currencies.minor_units, 2) as minor_units

    from invoice_lines

    left join book_prices
        on
            invoice_lines.invoice_id = book_prices.invoice_id
            and invoice_lines.line_id = book_prices.line_id

    left join agreed_prices
        on
            invoice_lines.invoice_id = agreed_prices.invoice_id
            and invoice_lines.line_id = agreed_prices.line_id

    left join book_discounts
        on
            invoice_lines.invoice_id = book_discounts.invoice_id
            and invoice_lines.line_id = book_discounts.line_id

    left join subscribed_discounts
        on
            invoice_lines.invoice_id = subscribed_discounts.invoice_id
            and invoice_lines.line_id = subscribed_discounts.line_id

    left join currencies
        on invoice_lines.currency = currencies.currency

),

-- part of a period has the same part of the list price
priced as (

    select
        listed.*,
        case
            when is_discount or list_unit_price is null then null
            when unit_price > 0 and unit_price = list_unit_price
                then {{ round_money('amount', 'minor_units') }}
            when unit_price > 0
                then {{ round_money(
                    exact_ratio(
                        'amount',
                        'cast(cast(list_unit_price as decimal(38, 9)) * 1000000000 as hugeint)',
                        'cast(cast(unit_price as decimal(38, 9)) * 1000000000 as hugeint)'
                    ),
                    'minor_units'
                ) }}
            when quantity is not null
                then {{ round_money(
                    exact_product('quantity', 'list_unit_price'), 'minor_units'
                ) }}
        end as list_amount

    from listed

),

invoices as (

    select
        invoice_id,
        cast(sum(case when is_discount then 0 else amount end) as decimal(18, 4))
            as gross_amount,
        cast(
            sum(case when list_amount is not null then amount else 0 end) as decimal(18, 4)
        ) as listed_amount,
        cast(sum(case when is_discount then amount else 0 end) as decimal(18, 4))
            as discount_amount,
        max(case when is_discount then approved_ratio end) as approved_ratio,
        max(case when is_discount then approved_amount end) as approved_amount

    from priced
    group by invoice_id

),

allowed as (

    select
        priced.*,
        invoices.gross_amount,
        invoices.listed_amount,
        invoices.discount_amount,
        {{ round_money(
            'cast(invoices.gross_amount as decimal(20, 4)) * invoices.approved_ratio',
            'priced.minor_units'
        ) }}
        + invoices.approved_amount as allowed_amount,
        sum(-priced.amount) over (
            partition by priced.invoice_id, priced.is_discount
            order by priced.line_id
        ) as discounted_so_far,
        case priced.minor_units
            when 0 then cast(1 as decimal(6, 4))
            when 3 then cast(0.001 as decimal(6, 4))
            else cast(0.01 as decimal(6, 4))
        end as minor_unit

    from priced

    inner join invoices
        on priced.invoice_id = invoices.invoice_id

),

-- a discount on lines without a list price is not leakage; an excess over the approved amount by
-- more than a minor unit of rounding is unapproved, starting with the last line
realized as (

    select
        allowed.*,
        case
            when is_discount and gross_amount = listed_amount then amount
            when is_discount and gross_amount <> 0
                then {{ round_money(
                    exact_ratio(
                        'amount',
                        'cast(listed_amount * 10000 as hugeint)',
                        'cast(gross_amount * 10000 as hugeint)'
                    ),
                    'minor_units'
                ) }}
            when list_amount is not null then amount
        end as realized_amount,
        case
            when is_discount and amount < 0 and -discount_amount - allowed_amount > minor_unit
                then least(-amount, greatest(discounted_so_far - allowed_amount, 0))
            when is_discount then 0
            when list_amount is null or is_agreed then 0
            when unit_price < list_unit_price then list_amount - amount
            else 0
        end as unapproved_amount

    from allowed

),

lines as (

    select
        concat(invoice_id, chr(31), line_id) as line_key,
        invoice_id,
        line_id,
        account_id,
        currency,
        service_start,
        service_end,
        cast(
            case when realized_amount is not null then coalesce(list_amount, 0) end
            as decimal(18, 4)
        ) as list_amount,
        cast(realized_amount as decimal(18, 4)) as realized_amount,
        cast(case when realized_amount is not null then unapproved_amount end as decimal(18, 4))
            as unapproved_amount,
        is_discount

    from realized

)

select * from lines
