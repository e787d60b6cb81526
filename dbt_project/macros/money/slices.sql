{#
  A query that slices the lines of a relation into the anchor months that their service touches: every
  column of the relation, slice_month, slice_weight, slice_total_weight and slice_amount. Slices of a
  line add up to its amount (largest remainder, ties to the earlier month). A service of whole anchor
  months is cut into equal parts, any other by its days.

  relation: a CTE with `line_key` (unique), account_id, service_start, service_end (exclusive), amount
  anchors: a CTE with account_id, anchor_day
  minor_units: a CTE with currency, minor_units
#}
{% macro sliced_lines(relation, anchors, minor_units) -%}
with

-- the split of a service over months depends only on its days, and many lines have the same
slice_bounds as (

    select distinct
        {{ relation }}.service_start,
        {{ relation }}.service_end as named_end,
        -- a service without length still belongs to its day
        greatest(
            {{ relation }}.service_end, {{ add_days(relation ~ '.service_start', 1) }}
        ) as service_end,
        {{ anchors }}.anchor_day,
        {{ months_between(
            month_of(relation ~ '.service_start'), month_of(relation ~ '.service_end')
        ) }} + 2 as month_count

    from {{ relation }}

    inner join {{ anchors }}
        on {{ relation }}.account_id = {{ anchors }}.account_id

),

slice_numbers as (

    {{ numbers_below('(select coalesce(max(month_count), 0) from slice_bounds)') }}

),

-- the month before the service's first is needed for anchors later in the month
slice_candidates as (

    select
        slice_bounds.service_start,
        slice_bounds.named_end,
        slice_bounds.service_end,
        slice_bounds.anchor_day,
        {{ add_months(month_of('slice_bounds.service_start'), 'slice_numbers.n - 1') }}
            as slice_month

    from slice_bounds

    inner join slice_numbers
        on slice_numbers.n < slice_bounds.month_count

),

slice_months as (

    select
        slice_candidates.*,
        {{ anchor_date('slice_month', 'anchor_day') }} as month_start,
        {{ anchor_date(add_months('slice_month', '1'), 'anchor_day') }} as month_end

    from slice_candidates

),

slice_overlaps as (

    select
        service_start,
        named_end,
        service_end,
        anchor_day,
        slice_month,
        month_end,
        {{ days_between(
            'greatest(service_start, month_start)', 'least(service_end, month_end)'
        ) }} as overlap_days,
        service_start = min(month_start) over (partition by service_start, named_end, anchor_day)
        as starts_on_anchor

    from slice_months
    where service_start < month_end and service_end > month_start

),

slice_weights as (

    select
        service_start,
        named_end,
        anchor_day,
        slice_month,
        case
            when
                starts_on_anchor
                and service_end
                = max(month_end) over (partition by service_start, named_end, anchor_day)
                then 1
            else overlap_days
        end as weight,
        count(*) over (partition by service_start, named_end, anchor_day) as slice_count

    from slice_overlaps

),

slice_totals as (

    select
        slice_weights.*,
        sum(weight) over (partition by service_start, named_end, anchor_day) as total_weight

    from slice_weights

),

-- a left join joins anchors by account first: joining by days first would give many pairs
slice_units as (

    select
        {{ relation }}.line_key,
        slice_totals.slice_month,
        slice_totals.weight,
        slice_totals.total_weight,
        -- an export may have more decimals than the currency: its slices have all four
        case
            when
                {{ relation }}.amount
                = {{ round_money(relation ~ '.amount', 'coalesce(' ~ minor_units ~ '.minor_units, 2)') }}
                then coalesce({{ minor_units }}.minor_units, 2)
            else 4
        end as minor_units,
        {{ relation }}.amount

    from {{ relation }}

    left join {{ anchors }}
        on {{ relation }}.account_id = {{ anchors }}.account_id

    inner join slice_totals
        on
            {{ relation }}.service_start = slice_totals.service_start
            and {{ relation }}.service_end = slice_totals.named_end
            and {{ anchors }}.anchor_day = slice_totals.anchor_day
            and slice_totals.slice_count > 1

    left join {{ minor_units }}
        on {{ relation }}.currency = {{ minor_units }}.currency

),

slice_parts as (

    select
        slice_units.*,
        {{ whole_units('amount', 'minor_units') }} as units

    from slice_units

),

slice_shares as (

    select
        line_key,
        slice_month,
        weight,
        total_weight,
        minor_units,
        units,
        {{ whole_quotient('abs(units) * weight', 'total_weight') }} as share,
        (abs(units) * weight) % total_weight as remainder

    from slice_parts

),

slice_ranked as (

    select
        line_key,
        slice_month,
        weight,
        total_weight,
        minor_units,
        units,
        share,
        abs(units) - sum(share) over (partition by line_key) as leftover,
        row_number() over (
            partition by line_key
            order by remainder desc, slice_month asc
        ) as remainder_rank

    from slice_shares

)

select
    {{ relation }}.*,
    slice_totals.slice_month,
    slice_totals.weight as slice_weight,
    slice_totals.total_weight as slice_total_weight,
    cast({{ relation }}.amount as decimal(18, 4)) as slice_amount

from {{ relation }}

left join {{ anchors }}
    on {{ relation }}.account_id = {{ anchors }}.account_id

inner join slice_totals
    on
        {{ relation }}.service_start = slice_totals.service_start
        and {{ relation }}.service_end = slice_totals.named_end
        and {{ anchors }}.anchor_day = slice_totals.anchor_day
        and slice_totals.slice_count = 1

union all

select
    {{ relation }}.*,
    slice_ranked.slice_month,
    slice_ranked.weight as slice_weight,
    slice_ranked.total_weight as slice_total_weight,
    {{ money_of_units(
        'cast(sign(slice_ranked.units) as integer)'
        ~ ' * (slice_ranked.share + case when slice_ranked.remainder_rank'
        ~ ' <= slice_ranked.leftover then 1 else 0 end)',
        'slice_ranked.minor_units'
    ) }} as slice_amount

from {{ relation }}

inner join slice_ranked
    on {{ relation }}.line_key = slice_ranked.line_key
{%- endmacro %}

{# An amount in whole minor units as DECIMAL(38,0); amounts must already be rounded to them. #}
{% macro whole_units(amount, minor_units) -%}
    {{ return(adapter.dispatch('whole_units')(amount, minor_units)) }}
{%- endmacro %}

{# Under a billion in 64 bits. #}
{% macro default__whole_units(amount, minor_units) -%}
    case
        when {{ money_parts(amount) }} is not null
            then
                cast(
                    {{ money_parts(amount) }} // case {{ minor_units }}
                        when 0 then 10000
                        when 3 then 10
                        when 4 then 1
                        else 100
                    end as decimal(38, 0)
                )
        else {{ whole_units_of_any(amount, minor_units) }}
    end
{%- endmacro %}

{% macro spark__whole_units(amount, minor_units) -%}
    {{ whole_units_of_any(amount, minor_units) }}
{%- endmacro %}

{% macro whole_units_of_any(amount, minor_units) -%}
    cast(
        cast({{ amount }} as decimal(22, 4)) * case {{ minor_units }}
            when 0 then 1
            when 3 then 1000
            when 4 then 10000
            else 100
        end
        as decimal(38, 0)
    )
{%- endmacro %}

{# Whole minor units back as an amount. #}
{% macro money_of_units(units, minor_units) -%}
    cast(
        ({{ units }}) * case {{ minor_units }}
            when 0 then cast(1 as decimal(6, 4))
            when 3 then cast(0.001 as decimal(6, 4))
            when 4 then cast(0.0001 as decimal(6, 4))
            else cast(0.01 as decimal(6, 4))
        end as decimal(18, 4)
    )
{%- endmacro %}

{# Whole quotient of two non-negative whole numbers. #}
{% macro whole_quotient(numerator, denominator) -%}
    {{ return(adapter.dispatch('whole_quotient')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__whole_quotient(numerator, denominator) -%}
    cast(cast({{ numerator }} as hugeint) // cast({{ denominator }} as hugeint) as decimal(38, 0))
{%- endmacro %}

{% macro spark__whole_quotient(numerator, denominator) -%}
    cast(({{ numerator }}) div ({{ denominator }}) as decimal(38, 0))
{%- endmacro %}
