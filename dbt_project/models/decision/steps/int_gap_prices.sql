with

lines as (

    select * from {{ ref('int_gap_lines') }}

),

-- a change inside the period is billed at the price of its period
anchors as (

    select
        account_id,
        charge_id,
        service_start,
        expected_amount,
        invoiced_amount,
        expected_unit_price,
        invoiced_unit_price,
        minor_unit,
        {{ ratio('invoiced_amount', 'expected_amount') }} as share

    from lines

    where
        line_kind in ('seat', 'flat', 'usage')
        and pricing in ('per_unit', 'flat')
        and expected_amount > 0
        and invoiced_amount >= 0
        and expected_unit_price > 0

),

-- the price that the invoice states, if it explains the amount; else the list price less a discount
-- of tenths of a percent
candidates as (

    select
        *,
        case
            when
                invoiced_unit_price > 0
                and abs(
                    invoiced_amount
                    - {{ repriced(
                        'expected_amount', 'invoiced_unit_price', 'expected_unit_price'
                    ) }}
                ) <= minor_unit
                then invoiced_unit_price
            else cast(
                expected_unit_price * cast(round(share, 3) as decimal(9, 3)) as decimal(18, 9)
            )
        end as price

    from anchors

),

fitting as (

    select
        *,
        coalesce(
            price <> lag(price) over (
                partition by account_id, charge_id
                order by service_start
            ),
            true
        ) as is_new_price

    from candidates

    where
        abs(
            invoiced_amount
            - {{ repriced('expected_amount', 'price', 'expected_unit_price') }}
        ) <= minor_unit

),

numbered as (

    select
        *,
        sum(case when is_new_price then 1 else 0 end) over (
            partition by account_id, charge_id
            order by service_start
            rows between unbounded preceding and current row
        ) as run

    from fitting

),

runs as (

    select
        account_id,
        charge_id,
        run,
        min(service_start) as valid_from,
        max(price) as price,
        max(expected_unit_price) as list_price,
        count(*) as bills

    from numbered
    group by account_id, charge_id, run

),

bounded as (

    select
        *,
        lead(valid_from) over (
            partition by account_id, charge_id
            order by run
        ) as valid_to,
        count(*) over (partition by account_id, charge_id) as run_count,
        sum(bills) over (partition by account_id, charge_id) as bill_count

    from runs

),

-- one bill proves no rule, and a price for every other bill is none
systematic as (

    select
        account_id,
        charge_id,
        valid_from,
        valid_to,
        cast(price as decimal(18, 9)) as price,
        cast(list_price as decimal(18, 9)) as list_price

    from bounded
    where bill_count >= 2 and run_count * 2 <= bill_count

)

select * from systematic
