with

settled as (

    select * from {{ ref('int_settled_bills') }}
    where step_number = 0

),

lines as (

    select
        unit_id,
        'discount' as line_key,
        'Discount' as line_name,
        'discount' as line_kind,
        service_start,
        service_end,
        ratio_exact as exact_amount,
        ratio_amount as amount,
        concat(
            'Discount (',
            coalesce(discount_source, 'contract price'),
            '): ',
            {{ price_text('ratio_amount', 'minor_units') }},
            '.'
        ) as explanation

    from settled
    where ratio_amount <> 0

    union all

    select
        unit_id,
        'discount amount' as line_key,
        'Discount' as line_name,
        'discount' as line_kind,
        service_start,
        service_end,
        amount_exact as exact_amount,
        amount_amount as amount,
        concat(
            'Discount of a fixed amount (',
            discount_source,
            '): ',
            {{ price_text('amount_amount', 'minor_units') }},
            '.'
        ) as explanation

    from settled
    where amount_amount <> 0

    union all

    select
        unit_id,
        'minimum' as line_key,
        'Minimum' as line_name,
        'minimum' as line_kind,
        service_start,
        service_end,
        minimum_exact as exact_amount,
        minimum_top_up as amount,
        concat(
            'Top-up to the plan''s minimum of ',
            {{ price_text('minimum_amount', 'minor_units') }},
            ': ',
            {{ price_text('minimum_top_up', 'minor_units') }},
            '.'
        ) as explanation

    from settled
    where minimum_top_up <> 0

    union all

    select
        unit_id,
        'cap' as line_key,
        'Cap' as line_name,
        'cap' as line_kind,
        service_start,
        service_end,
        cap_exact as exact_amount,
        cap_amount as amount,
        concat(
            'Taken off above the plan''s cap of ',
            {{ price_text('maximum_amount', 'minor_units') }},
            ': ',
            {{ price_text('cap_amount', 'minor_units') }},
            '.'
        ) as explanation

    from settled
    where cap_amount <> 0

),

typed as (

    select
        unit_id,
        line_key,
        line_name,
        line_kind,
        service_start,
        service_end,
        cast(exact_amount as decimal(38, 12)) as exact_amount,
        amount,
        explanation

    from lines

)

select * from typed
