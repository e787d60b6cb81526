{% set movements = [
    'previous_closing', 'revaluation', 'opening', 'entering', 'leaving', 'new', 'expansion', 'contraction', 'churn', 'reactivation',
    'currency_effect', 'restatement', 'closing'
] %}
{% set ends = ('previous_closing', 'opening', 'closing') %}
{% set columns = {
    'all': "'all'",
    'segment': 'segment',
    'region': 'region',
    'plan': 'plan_id',
    'currency': 'billed_in',
    'segment_currency': 'segment_billed_in',
} %}

with

movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

attributes as (

    select * from {{ ref('int_account_attributes') }}

),

-- an account opens in its slice at the previous close
described as (

    select
        movements.*,
        coalesce(opening_reporting, 0) - coalesce(previous_closing_reporting, 0) as revaluation,
        attributes.segment as segment_now,
        attributes.region as region_now,
        attributes.plan_id as plan_id_now,
        attributes.currency as billed_in_now,
        concat(attributes.segment, ' ', attributes.currency) as segment_billed_in_now,
        coalesce(before.segment, attributes.segment) as segment_before,
        coalesce(before.region, attributes.region) as region_before,
        coalesce(before.plan_id, attributes.plan_id) as plan_id_before,
        coalesce(before.currency, attributes.currency) as billed_in_before,
        concat(
            coalesce(before.segment, attributes.segment),
            ' ',
            coalesce(before.currency, attributes.currency)
        ) as segment_billed_in_before

    from movements

    inner join attributes
        on
            movements.account_id = attributes.account_id
            and movements.month = attributes.month

    left join attributes as before
        on
            movements.account_id = before.account_id
            and {{ add_months('movements.month', '-1') }} = before.month

),

-- an account's opening leaves its former slice and enters its current one
sliced as (

    {% for slice, column in columns.items() %}

    {% set now = column if slice == 'all' else column ~ '_now' %}
    {% set was = column if slice == 'all' else column ~ '_before' %}

    select
        '{{ slice }}' as slice,
        {{ now }} as slice_value,
        month,
        version,
        account_id,
        is_provisional,
        closing_reporting is not null as has_rate,
        case when {{ now }} = {{ was }} then previous_closing_reporting else 0 end
            as previous_closing,
        case when {{ now }} = {{ was }} then revaluation else 0 end as revaluation,
        case when {{ now }} = {{ was }} then opening_reporting else 0 end as opening,
        case when {{ now }} <> {{ was }} then opening_reporting else 0 end as entering,
        0 as leaving,
        new_reporting as new,
        expansion_reporting as expansion,
        contraction_reporting as contraction,
        churn_reporting as churn,
        reactivation_reporting as reactivation,
        currency_effect_reporting as currency_effect,
        restatement_reporting as restatement,
        closing_reporting as closing

    from described

    {% if slice != 'all' %}

    union all

    select
        '{{ slice }}' as slice,
        {{ was }} as slice_value,
        month,
        version,
        account_id,
        is_provisional,
        closing_reporting is not null as has_rate,
        previous_closing_reporting as previous_closing,
        revaluation,
        opening_reporting as opening,
        0 as entering,
        -opening_reporting as leaving,
        0 as new,
        0 as expansion,
        0 as contraction,
        0 as churn,
        0 as reactivation,
        0 as currency_effect,
        0 as restatement,
        0 as closing

    from described
    where
        {{ now }} <> {{ was }}
        and (opening_reporting <> 0 or previous_closing_reporting <> 0)

    {% endif %}

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

-- an account in several currencies is one account
by_account as (

    select
        slice,
        slice_value,
        month,
        version,
        account_id,
        {% for movement in movements %}
        cast(coalesce(sum({{ movement }}), 0) as decimal(38, 4)) as {{ movement }},
        {% endfor %}
        max(case when is_provisional then 1 else 0 end) as provisional,
        sum(case when has_rate then 0 else 1 end) as unrated_rows

    from sliced

    group by slice, slice_value, month, version, account_id

),

summed as (

    select
        slice,
        slice_value,
        month,
        version,
        {% for movement in movements %}
        cast(sum({{ movement }}) as decimal(38, 4)) as {{ movement }},
        cast(
            count(
                case
                    when {{ movement }} {{ '>' if movement in ends else '<>' }} 0
                        then account_id
                end
            ) as bigint
        ) as {{ movement }}_accounts,
        {% endfor %}
        cast(count(case when unrated_rows > 0 then account_id end) as bigint) as unrated_accounts,
        max(provisional) = 1 as is_provisional

    from by_account

    group by slice, slice_value, month, version

),

explained as (

    select
        summed.*,
        case when unrated_accounts > 0 then 'no exchange rate in force for some accounts' end
            as reason

    from summed

)

select * from explained
