with

lines as (

    select * from {{ ref('int_gap_lines') }}

),

prices as (

    select * from {{ ref('int_gap_prices') }}

),

discounts as (

    select * from {{ ref('int_gap_discounts') }}

),

contract_prices as (

    select * from {{ ref('stg_contract_prices') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

charges as (

    select * from {{ ref('stg_charges') }}

),

units as (

    select * from {{ ref('int_rated_units') }}

),

seat_changes as (

    select * from {{ ref('int_unit_seat_changes') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- each kind of fix names the lines that it changes and what would be expected after it
priced as (

    select
        lines.account_id,
        'price' as cause,
        '' as setting,
        '' as plan_id,
        lines.minor_unit,
        lines.is_fine,
        lines.expected_amount,
        lines.invoiced_amount,
        {{ round_money(
            repriced('lines.expected_amount', 'prices.price', 'lines.expected_unit_price'),
            'lines.minor_units'
        ) }} as fixed_amount

    from lines

    inner join prices
        on
            lines.account_id = prices.account_id
            and lines.charge_id = prices.charge_id
            and lines.service_start >= prices.valid_from
            and (prices.valid_to is null or lines.service_start < prices.valid_to)

    -- a second row for the same days would be refused
    left join contract_prices
        on
            lines.account_id = contract_prices.account_id
            and lines.charge_id = contract_prices.charge_id

    where
        lines.expected_unit_price > 0
        and lines.expected_amount is not null
        and contract_prices.account_id is null

),

discounted as (

    select
        lines.account_id,
        'discount' as cause,
        '' as setting,
        '' as plan_id,
        lines.minor_unit,
        lines.is_fine,
        lines.expected_amount,
        lines.invoiced_amount,
        discounts.expected_amount as fixed_amount

    from lines

    inner join discounts
        on lines.account_id = discounts.account_id and lines.line_key = discounts.line_key

),

bases as (

    select
        plans.plan_id,
        bases.seat_basis

    from plans

    cross join ({{ seat_bases() }}) as bases

    where
        plans.seat_basis <> bases.seat_basis
        and (bases.seat_basis <> 'time_weighted' or plans.proration = 'none')

),

based as (

    select
        lines.account_id,
        'seat_basis' as cause,
        bases.seat_basis as setting,
        lines.plan_id,
        lines.minor_unit,
        lines.is_fine,
        lines.expected_amount,
        lines.invoiced_amount,
        -- what is included comes off first; seats that change add no line of their own
        case
            when lines.line_kind = 'seat'
                then
                    {{ round_money(
                        exact_ratio(
                            'lines.expected_amount',
                            billionths(
                                'greatest('
                                ~ based_seats('bases.seat_basis')
                                ~ ' - lines.expected_quantity + lines.expected_billable, 0)'
                            ),
                            billionths('lines.expected_billable')
                        ),
                        'lines.minor_units'
                    ) }}
        end as fixed_amount

    from lines

    inner join bases
        on lines.plan_id = bases.plan_id

    where
        lines.seat_rule is not null
        and (
            (lines.line_kind = 'seat' and lines.expected_billable > 0)
            or (lines.line_kind = 'proration' and lines.is_by_change)
        )
        and lines.pricing = 'per_unit'

),

-- plans that do not bill seats as they change, of accounts whose invoices do
unprorated as (

    select
        lines.account_id,
        lines.contract_id,
        lines.plan_id,
        lines.unit_id,
        lines.seat_rule,
        lines.minor_unit,
        lines.minor_units,
        lines.is_fine,
        lines.expected_amount,
        lines.invoiced_amount,
        lines.expected_unit_price,
        lines.expected_quantity - lines.expected_billable as included,
        lines.expected_billable,
        lines.opening_seats

    from lines

    where
        lines.line_kind = 'seat'
        and not lines.is_by_change
        and lines.pricing = 'per_unit'
        and lines.seat_rule is not null
        and lines.expected_billable > 0
        and lines.account_id in (
            select prorated.account_id from lines as prorated
            where prorated.line_kind = 'proration' and prorated.expected_amount is null
        )

),

opened as (

    select
        account_id,
        'proration' as cause,
        'by_day' as setting,
        plan_id,
        minor_unit,
        is_fine,
        expected_amount,
        invoiced_amount,
        {{ round_money(
            exact_ratio(
                'expected_amount',
                billionths('greatest(opening_seats - included, 0)'),
                billionths('expected_billable')
            ),
            'minor_units'
        ) }} as fixed_amount

    from unprorated

),

changed as (

    select
        unprorated.account_id,
        unprorated.contract_id,
        unprorated.plan_id,
        unprorated.minor_unit,
        seat_changes.effective_on as service_start,
        {{ round_money(
            exact_ratio(
                exact_product(
                    'greatest(seat_changes.billable_after - unprorated.included, 0)'
                    ~ ' - greatest(seat_changes.billable_before - unprorated.included, 0)',
                    'unprorated.expected_unit_price'
                ),
                days_between(
                    'greatest(seat_changes.effective_on, units.service_start)',
                    'units.service_end'
                ),
                days_between('units.period_start', 'units.period_end')
            ),
            'unprorated.minor_units'
        ) }} as fixed_amount

    from unprorated

    inner join units
        on unprorated.unit_id = units.unit_id

    inner join seat_changes
        on
            unprorated.unit_id = seat_changes.unit_id
            and unprorated.seat_rule = seat_changes.seat_rule
            and seat_changes.event_id is not null

    cross join settings

    where units.period_end_at <= settings.as_of

),

ranked_changes as (

    select
        *,
        row_number() over (
            partition by account_id, contract_id, service_start
            order by fixed_amount
        ) as rank_number

    from changed
    where fixed_amount <> 0

),

ranked_prorations as (

    select
        *,
        row_number() over (
            partition by account_id, contract_id, service_start
            order by invoiced_amount, line_key
        ) as rank_number

    from lines
    where line_kind = 'proration' and expected_amount is null

),

-- a change that no invoice bills would be missing there
prorated as (

    select
        ranked_changes.account_id,
        'proration' as cause,
        'by_day' as setting,
        ranked_changes.plan_id,
        ranked_changes.minor_unit,
        coalesce(ranked_prorations.is_fine, false) as is_fine,
        ranked_prorations.expected_amount,
        ranked_prorations.invoiced_amount,
        ranked_changes.fixed_amount

    from ranked_changes

    left join ranked_prorations
        on
            ranked_changes.account_id = ranked_prorations.account_id
            and ranked_changes.contract_id = ranked_prorations.contract_id
            and ranked_changes.service_start = ranked_prorations.service_start
            and ranked_changes.rank_number = ranked_prorations.rank_number

),

flat_plans as (

    select distinct plan_id
    from charges
    where meter = 'flat'

),

-- a flat line where the plan has none, and seats that no invoice has, for the same service
untyped as (

    select
        lines.account_id,
        lines.contract_id,
        lines.service_start,
        sum(lines.expected_amount) as expected_amount,
        max(lines.plan_id) as plan_id

    from lines

    left join flat_plans
        on lines.plan_id = flat_plans.plan_id

    where
        lines.line_kind in ('seat', 'proration')
        and lines.invoice_id is null
        and flat_plans.plan_id is null

    group by lines.account_id, lines.contract_id, lines.service_start

),

typed as (

    select
        lines.account_id,
        'line_type' as cause,
        '' as setting,
        '' as plan_id,
        lines.minor_unit,
        lines.is_fine,
        lines.expected_amount,
        lines.invoiced_amount,
        case
            when lines.line_kind = 'flat' then cast(untyped.expected_amount as decimal(18, 4))
        end as fixed_amount

    from lines

    inner join untyped
        on
            lines.account_id = untyped.account_id
            and lines.contract_id = untyped.contract_id
            and lines.service_start = untyped.service_start

    where
        (lines.line_kind = 'flat' and lines.expected_amount is null)
        or (lines.line_kind in ('seat', 'proration') and lines.invoice_id is null)

),

-- seats without a flat line in their period are missing for another reason
typed_pairs as (

    select * from typed
    where
        account_id in (
            select flat_lines.account_id from typed as flat_lines
            where flat_lines.fixed_amount <> 0
        )

),

together as (

    select * from priced

    union all

    select * from discounted

    union all

    select * from based

    union all

    select * from opened

    union all

    select * from prorated

    union all

    select * from typed_pairs

),

-- what counts as matched and as compared, before and after the fix
weighed as (

    select
        account_id,
        cause,
        setting,
        plan_id,
        abs(coalesce(expected_amount, 0)) + abs(coalesce(invoiced_amount, 0)) as compared_before,
        abs(coalesce(fixed_amount, 0)) + abs(coalesce(invoiced_amount, 0)) as compared_after,
        is_fine,
        abs(coalesce(fixed_amount, 0) - coalesce(invoiced_amount, 0)) <= minor_unit
            as is_fixed

    from together

),

summed_up as (

    select
        account_id,
        cause,
        setting,
        plan_id,
        cast(
            sum(case when is_fixed then compared_after else 0 end)
            - sum(case when is_fine then compared_before else 0 end) as decimal(38, 4)
        ) as matched_change,
        cast(sum(compared_after) - sum(compared_before) as decimal(38, 4)) as compared_change,
        cast(sum(case when is_fixed and not is_fine then 1 else 0 end) as bigint)
            as fixed_lines

    from weighed
    group by account_id, cause, setting, plan_id

)

select * from summed_up
