{# Each rate once: name, numerator, denominator, accounts behind it, unit, why it is missing. #}
{% set rates = [
    (
        'utilization', 'active_seats', 'watched_seats', 'watched_accounts', 'ratio',
        "coalesce(utilization_reason, 'no billable seats')"
    ),
    (
        'utilization_7d', 'active_seconds_7', 'seat_seconds_7', 'watched_accounts', 'ratio',
        "coalesce(utilization_reason, 'no billable seats')"
    ),
    (
        'utilization_28d', 'active_seconds_28', 'seat_seconds_28', 'watched_accounts', 'ratio',
        "coalesce(utilization_reason, 'no billable seats')"
    ),
    (
        'light_user_share', 'light_users', 'active_users', 'watched_accounts', 'ratio',
        "coalesce(utilization_reason, 'nobody acted')"
    ),
    (
        'heavy_user_share', 'heavy_users', 'active_users', 'watched_accounts', 'ratio',
        "coalesce(utilization_reason, 'nobody acted')"
    ),
    (
        'automation_share', 'automation_work', 'known_work', 'working_accounts', 'ratio',
        "case when work > 0 then 'usage names no actors' else 'no usage of ' || value_meter end"
    ),
    (
        'work_per_active_seat', 'watched_work', 'active_seats', 'watched_accounts', 'work',
        "coalesce(utilization_reason, 'no active seats')"
    ),
    (
        'arpu', '2 * revenue', 'opening_accounts + active_accounts', 'active_accounts', 'money',
        "'no active account'"
    ),
    (
        'arpu_with_usage', '2 * revenue',
        'opening_accounts_with_usage + active_accounts_with_usage',
        'active_accounts_with_usage', 'money', "'no active account'"
    ),
    (
        'revenue_per_seat', '2 * revenue', 'start_seats + end_seats', 'seat_accounts', 'money',
        "'no billable seats'"
    ),
    (
        'gross_margin', 'margin_revenue - margin_cost', 'margin_revenue', 'margin_accounts',
        'ratio', "coalesce(cost_rates_reason, margin_reason, 'no account with revenue and cost')"
    ),
    (
        'exposed_share', 'exposed_accounts', 'margin_accounts', 'margin_accounts', 'ratio',
        "coalesce(cost_rates_reason, margin_reason, 'no account with revenue and cost')"
    ),
    (
        'discount_leakage', 'list_amount - realized_amount', 'list_amount', 'listed_accounts',
        'ratio', "'no list price known'"
    ),
    (
        'unapproved_discount_share', 'unapproved_amount', 'list_amount', 'listed_accounts',
        'ratio', "'no list price known'"
    ),
    (
        'shock_ticket_share', 'shock_ticket_accounts', 'ticket_accounts', 'ticket_accounts',
        'ratio', "coalesce(support_tickets_reason, ticket_reason, 'no account invoiced')"
    ),
    (
        'billing_tickets_per_100_accounts', '100 * billing_tickets', 'supported_accounts',
        'supported_accounts', 'tickets',
        "coalesce(support_tickets_reason, ticket_reason, 'no account')"
    ),
    (
        'expansion_rate', 'mrr_expansion', 'mrr_opening', 'opening_accounts', 'ratio',
        "'no MRR at the start of the month'"
    ),
    (
        'expansion_rate_with_usage', 'mrr_expansion_with_usage', 'mrr_opening_with_usage',
        'opening_accounts_with_usage', 'ratio', "'no MRR at the start of the month'"
    ),
] %}
{% set bands = ['unheld', 'never_active', 'idle_30', 'idle_60', 'idle_90'] %}
{# Each level once: its name, value, accounts behind it, unit, and why it is missing. #}
{% set levels = [
    ('mrr', 'mrr', 'mrr_accounts', 'money', "'no active account'"),
    (
        'mrr_with_usage', 'mrr_with_usage', 'mrr_accounts_with_usage', 'money',
        "'no active account'"
    ),
    ('accounts', 'active_accounts', 'active_accounts', 'accounts', "'no active account'"),
    (
        'accounts_with_usage', 'active_accounts_with_usage', 'active_accounts_with_usage',
        'accounts', "'no active account'"
    ),
    ('billable_seats', 'end_seats', 'seat_accounts', 'seats', "'no billable seats'"),
    (
        'cost_to_serve', 'margin_cost', 'margin_accounts', 'money',
        "coalesce(cost_rates_reason, margin_reason, 'no account with revenue and cost')"
    ),
    (
        'surplus_seats', 'surplus_seats', 'watched_accounts', 'seats',
        "coalesce(utilization_reason, 'no billable seats')"
    ),
    (
        'surplus_amount', 'surplus_amount', 'priced_accounts', 'money',
        "coalesce(amount_reason, 'no billable seats')"
    ),
] %}
{% for band in bands %}
{{ levels.append((
    band ~ '_seats', band ~ '_seats', 'watched_accounts', 'seats',
    "coalesce(utilization_reason, 'no billable seats')"
)) or '' }}
{{ levels.append((
    band ~ '_amount', band ~ '_amount', 'priced_accounts', 'money',
    "coalesce(amount_reason, 'no billable seats')"
)) or '' }}
{% endfor %}
{% set retentions = [
    ('nrr_12m', 'mrr_end', 'mrr_start'),
    ('grr_12m', 'mrr_capped', 'mrr_start'),
    ('logo_retention_12m', 'accounts_end', 'accounts_start'),
] %}
{% set slices = [
    ('all', "'all'"),
    ('segment', 'segment'),
    ('region', 'region'),
    ('plan', 'plan_id'),
    ('currency', 'currency'),
    ('segment_currency', "concat(segment, ' ', currency)"),
] %}

with

account_months as (

    select * from {{ ref('int_account_months') }}

),

attributes as (

    select * from {{ ref('int_account_attributes') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

seat_activity as (

    select * from {{ ref('fct_seat_activity') }}

),

idle_seats as (

    select * from {{ ref('fct_idle_seats') }}

),

recent_seats as (

    select * from {{ ref('int_recent_seats') }}

),

movements as (

    select * from {{ ref('fct_mrr_movements') }}
    where version = 'with_usage'

),

support as (

    select * from {{ ref('fct_support_load') }}

),

trailing_accounts as (

    select * from {{ ref('int_trailing_accounts') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

export_status as (

    select * from {{ ref('stg_export_status') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

missing as (

    select
        max(case when export = 'cost_rates' then reason end) as cost_rates_reason,
        max(case when export = 'support_tickets' then reason end) as support_tickets_reason

    from export_status

),

used as (

    select
        account_id,
        month,
        sum(opening_reporting) as mrr_opening,
        sum(expansion_reporting) as mrr_expansion,
        sum(closing_reporting) as mrr

    from movements

    group by account_id, month

),

recent as (

    select
        account_id,
        month,
        max(case when day_count = 7 then seat_seconds end) as seat_seconds_7,
        max(case when day_count = 7 then active_seconds end) as active_seconds_7,
        max(case when day_count = 28 then seat_seconds end) as seat_seconds_28,
        max(case when day_count = 28 then active_seconds end) as active_seconds_28

    from recent_seats

    group by account_id, month

),

rested as (

    select
        account_id,
        month,
        {% for band in bands %}
        max(case when band = '{{ band }}' then seats end) as {{ band }}_seats,
        max(case when band = '{{ band }}' then amount_reporting end) as {{ band }}_amount,
        {% endfor %}
        max(reason) as reason

    from idle_seats

    group by account_id, month

),

-- seats at the start of a month are those at the end of the one before
seats_before as (

    select
        account_id,
        {{ add_months('month', '1') }} as month,
        end_seats

    from utilization

),

joined as (

    select
        account_months.*,
        coalesce(accounts.region, 'unknown') as region,
        coalesce(accounts.currency, 'unknown') as currency,
        attributes.plan_id,
        seats_before.end_seats as start_seats,
        used.mrr_opening as mrr_opening_with_usage,
        used.mrr_expansion as mrr_expansion_with_usage,
        used.mrr as mrr_with_usage,
        case when account_months.watched_seats is not null then recent.seat_seconds_7 end
            as seat_seconds_7,
        case when account_months.watched_seats is not null then recent.active_seconds_7 end
            as active_seconds_7,
        case when account_months.watched_seats is not null then recent.seat_seconds_28 end
            as seat_seconds_28,
        case when account_months.watched_seats is not null then recent.active_seconds_28 end
            as active_seconds_28,
        seat_activity.active_users,
        seat_activity.light_users,
        seat_activity.heavy_users,
        seat_activity.surplus_seats,
        seat_activity.surplus_amount_reporting as surplus_amount,
        seat_activity.amount_reason,
        {% for band in bands %}
        rested.{{ band }}_seats,
        rested.{{ band }}_amount,
        {% endfor %}
        support.billing_ticket_count,
        support.reason as support_reason

    from account_months

    inner join accounts
        on account_months.account_id = accounts.account_id

    inner join attributes
        on
            account_months.account_id = attributes.account_id
            and account_months.month = attributes.month

    left join seats_before
        on
            account_months.account_id = seats_before.account_id
            and account_months.month = seats_before.month

    left join used
        on
            account_months.account_id = used.account_id
            and account_months.month = used.month

    left join recent
        on
            account_months.account_id = recent.account_id
            and account_months.month = recent.month

    left join seat_activity
        on
            account_months.account_id = seat_activity.account_id
            and account_months.month = seat_activity.month

    left join rested
        on
            account_months.account_id = rested.account_id
            and account_months.month = rested.month

    left join support
        on
            account_months.account_id = support.account_id
            and account_months.month = support.month

),

summed as (

    {% for slice, value in slices %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        month,
        {% for measure in [
            'watched_seats', 'active_seats', 'seat_seconds_7', 'active_seconds_7',
            'seat_seconds_28', 'active_seconds_28', 'active_users', 'light_users', 'heavy_users',
            'surplus_seats', 'surplus_amount', 'work', 'known_work', 'automation_work',
            'start_seats', 'end_seats', 'mrr_opening', 'mrr_expansion', 'mrr',
            'mrr_opening_with_usage', 'mrr_expansion_with_usage', 'mrr_with_usage', 'revenue',
            'list_amount', 'realized_amount', 'unapproved_amount',
        ] %}
        cast(coalesce(sum({{ measure }}), 0) as decimal(38, 6)) as {{ measure }},
        {% endfor %}
        {% for band in bands %}
        cast(coalesce(sum({{ band }}_seats), 0) as decimal(38, 6)) as {{ band }}_seats,
        cast(coalesce(sum({{ band }}_amount), 0) as decimal(38, 6)) as {{ band }}_amount,
        {% endfor %}
        cast(
            coalesce(sum(case when watched_seats is not null then coalesce(work, 0) end), 0)
            as decimal(38, 6)
        ) as watched_work,
        cast(
            coalesce(sum(case when is_exposed is not null then revenue end), 0) as decimal(38, 6)
        ) as margin_revenue,
        cast(
            coalesce(sum(case when is_exposed is not null then cost end), 0) as decimal(38, 6)
        ) as margin_cost,
        coalesce(sum(billing_ticket_count), 0) as billing_tickets,
        count(billing_ticket_count) as supported_accounts,
        count(is_exposed) as margin_accounts,
        count(case when is_exposed then 1 end) as exposed_accounts,
        count(has_shock_ticket) as ticket_accounts,
        count(case when has_shock_ticket then 1 end) as shock_ticket_accounts,
        count(case when has_open_window then 1 end) as open_ticket_accounts,
        -- a month below zero is a figure, though nobody in it is a paying account
        count(case when mrr <> 0 then 1 end) as mrr_accounts,
        count(case when mrr_with_usage <> 0 then 1 end) as mrr_accounts_with_usage,
        count(case when mrr > 0 then 1 end) as active_accounts,
        count(case when mrr_opening > 0 then 1 end) as opening_accounts,
        count(case when mrr_with_usage > 0 then 1 end) as active_accounts_with_usage,
        count(case when mrr_opening_with_usage > 0 then 1 end) as opening_accounts_with_usage,
        count(case when end_seats > 0 then 1 end) as seat_accounts,
        count(case when watched_seats > 0 then 1 end) as watched_accounts,
        count(surplus_amount) as priced_accounts,
        count(case when known_work > 0 then 1 end) as working_accounts,
        count(
            case when list_amount is not null and realized_amount is not null then 1 end
        ) as listed_accounts,
        max(utilization_reason) as utilization_reason,
        max(amount_reason) as amount_reason,
        max(margin_reason) as margin_reason,
        max(coalesce(ticket_reason, support_reason)) as ticket_reason

    from joined

    group by {{ value ~ ', ' if slice != 'all' }}month

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

described as (

    select
        summed.*,
        missing.cost_rates_reason,
        missing.support_tickets_reason,
        settings.value_meter

    from summed

    cross join missing

    cross join settings

),

-- a sum over nobody is no figure, and a rate over nothing is none
metrics as (

    {% for metric, numerator, denominator, behind, unit, reason in rates %}

    select
        slice,
        slice_value,
        month,
        '{{ metric }}' as metric,
        case when {{ denominator }} > 0 then {{ ratio(numerator, denominator) }} end as value,
        cast({{ numerator }} as decimal(38, 6)) as numerator,
        cast({{ denominator }} as decimal(38, 6)) as denominator,
        {{ behind }} as accounts,
        '{{ unit }}' as unit,
        {{ reason }} as reason,
        {{ 'open_ticket_accounts > 0' if metric == 'shock_ticket_share' else 'false' }}
            as has_open_window

    from described

    union all

    {% endfor %}

    {% for metric, level, behind, unit, reason in levels %}

    select
        slice,
        slice_value,
        month,
        '{{ metric }}' as metric,
        case when {{ behind }} > 0 then cast({{ level }} as decimal(28, 6)) end as value,
        cast(null as decimal(38, 6)) as numerator,
        cast(null as decimal(38, 6)) as denominator,
        {{ behind }} as accounts,
        '{{ unit }}' as unit,
        {{ reason }} as reason,
        false as has_open_window

    from described

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

trailing_described as (

    select
        trailing_accounts.*,
        accounts.segment,
        coalesce(accounts.region, 'unknown') as region,
        coalesce(accounts.currency, 'unknown') as currency,
        attributes.plan_id

    from trailing_accounts

    inner join accounts
        on trailing_accounts.account_id = accounts.account_id

    inner join attributes
        on
            trailing_accounts.account_id = attributes.account_id
            and trailing_accounts.month = attributes.month

),

trailing_summed as (

    {% for slice, value in slices %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        month,
        version,
        count(*) as accounts_start,
        count(case when mrr_end > 0 then 1 end) as accounts_end,
        sum(mrr_start) as mrr_start,
        sum(mrr_end) as mrr_end,
        sum(case when mrr_end < mrr_start then mrr_end else mrr_start end) as mrr_capped

    from trailing_described

    group by {{ value ~ ', ' if slice != 'all' }}month, version

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

versions as (

    select
        'subscription' as version,
        '' as suffix

    union all

    select
        'with_usage' as version,
        '_with_usage' as suffix

),

-- a month without accounts of twelve months before has no retention, and says so
retained as (

    {% for metric, numerator, denominator in retentions %}

    select
        summed.slice,
        summed.slice_value,
        summed.month,
        concat('{{ metric }}', versions.suffix) as metric,
        {{ ratio('trailing_summed.' ~ numerator, 'trailing_summed.' ~ denominator) }} as value,
        cast(trailing_summed.{{ numerator }} as decimal(38, 6)) as numerator,
        cast(trailing_summed.{{ denominator }} as decimal(38, 6)) as denominator,
        coalesce(trailing_summed.accounts_start, 0) as accounts,
        'ratio' as unit,
        'no MRR 12 months before' as reason,
        false as has_open_window

    from summed

    cross join versions

    left join trailing_summed
        on
            summed.slice = trailing_summed.slice
            and summed.slice_value = trailing_summed.slice_value
            and summed.month = trailing_summed.month
            and versions.version = trailing_summed.version

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

together as (

    select * from metrics

    union all

    select * from retained

),

final as (

    select
        together.slice,
        together.slice_value,
        together.month,
        together.metric,
        cast(together.value as decimal(28, 6)) as value,
        case when together.value is not null then together.numerator end as numerator,
        case when together.value is not null then together.denominator end as denominator,
        cast(together.accounts as bigint) as accounts,
        together.unit,
        together.value is not null as is_available,
        case when together.value is null then together.reason end as reason,
        coalesce(together.accounts < limits.least_accounts, false) as is_small,
        calendar_months.is_provisional or together.has_open_window as is_provisional

    from together

    inner join calendar_months
        on together.month = calendar_months.month

    cross join limits

)

select * from final
