with

lines as (

    select * from {{ ref('int_gap_lines') }}

),

discounted as (

    select
        account_id,
        contract_id,
        invoice_id,
        min(service_start) as service_start,
        sum(invoiced_amount) as amount

    from lines

    where
        invoice_id is not null
        and line_kind in ('seat', 'flat', 'usage', 'proration')

    group by account_id, contract_id, invoice_id

),

taken as (

    select
        lines.account_id,
        lines.line_key,
        discounted.service_start,
        lines.invoiced_amount,
        discounted.amount,
        lines.minor_units,
        lines.minor_unit,
        cast(
            round({{ ratio('-lines.invoiced_amount', 'discounted.amount') }}, 3) as decimal(9, 3)
        ) as share

    from lines

    inner join discounted
        on
            lines.account_id = discounted.account_id
            and lines.contract_id = discounted.contract_id
            and lines.invoice_id = discounted.invoice_id

    where
        lines.line_kind = 'discount'
        and lines.expected_amount is null
        and lines.invoiced_amount < 0
        and discounted.amount > 0

),

expected as (

    select
        *,
        -{{ round_money(exact_product('amount', 'share'), 'minor_units') }} as expected_amount

    from taken
    where share > 0 and share <= 1

),

fitting as (

    select
        *,
        coalesce(
            share <> lag(share) over (
                partition by account_id
                order by service_start, line_key
            ),
            true
        ) as is_new_share

    from expected
    where abs(invoiced_amount - expected_amount) <= minor_unit

),

numbered as (

    select
        *,
        sum(case when is_new_share then 1 else 0 end) over (
            partition by account_id
            order by service_start, line_key
            rows between unbounded preceding and current row
        ) as run

    from fitting

),

counted as (

    select
        *,
        count(*) over (partition by account_id) as bill_count,
        max(run) over (partition by account_id) as run_count,
        min(service_start) over (partition by account_id, run) as valid_from

    from numbered

),

systematic as (

    select
        account_id,
        line_key,
        run,
        valid_from,
        share,
        cast(expected_amount as decimal(18, 4)) as expected_amount

    from counted
    where bill_count >= 2 and run_count * 2 <= bill_count

)

select * from systematic
