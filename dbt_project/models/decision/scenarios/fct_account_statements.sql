{#
  Each line: reading, topic, unit, the two figures, the two texts, the sentence, and why a line of an
  account that is compared may still have no figure.
#}
{% set lines = [
    {
        'reading': 'procurement', 'topic': 'lowest_month', 'unit': 'money',
        'figures': ('current_low', 'proposed_low'),
        'sentence': "'Lowest month: ' || current_low_text || ' today, ' || proposed_low_text || ' under ' || scenario_name || '.'",
    },
    {
        'reading': 'procurement', 'topic': 'median_month', 'unit': 'money',
        'figures': ('current_median', 'proposed_median'),
        'sentence': "'Median month: ' || current_median_text || ' today, ' || proposed_median_text || ' under ' || scenario_name || '.'",
    },
    {
        'reading': 'procurement', 'topic': 'highest_month', 'unit': 'money',
        'figures': ('current_high', 'proposed_high'),
        'sentence': "'Highest month: ' || current_high_text || ' today, ' || proposed_high_text || ' under ' || scenario_name || '.'",
    },
    {
        'reading': 'procurement', 'topic': 'capped_exposure', 'unit': 'money',
        'figures': ('current_cap', 'proposed_cap'),
        'missing': "case when proposed_cap is null then 'no_cap' end",
        'sentence': "case when proposed_cap is not null then 'No month costs more than ' || proposed_cap_text || ' under ' || scenario_name || '.' else 'No cap under ' || scenario_name || '; its highest month so far would have been ' || proposed_high_text || '.' end"
        " || case when max_increase_ratio is not null then ' ' || hold_text || ' the bill is held to ' || number_text_ratio || ' % above today''s.' else '' end",
    },
    {
        'reading': 'procurement', 'topic': 'predictability', 'unit': 'coefficient of variation',
        'figures': ('current_variation', 'proposed_variation'),
        'missing': "case when current_variation is null or proposed_variation is null then 'bills_not_above_zero' end",
        'sentence': "'Bills vary by ' || current_variation_text || ' around their mean today, by ' || proposed_variation_text || ' under ' || scenario_name || '.'",
    },
    {
        'reading': 'procurement', 'topic': 'spend_to_expect', 'unit': 'text',
        'texts': ('current_range', 'proposed_range'),
        'missing': "case when current_range is null or proposed_range is null then 'no_projection' end",
        'sentence': "'Over the next 12 months expect ' || proposed_range || ' a month under ' || scenario_name || ', ' || current_range || ' today, if usage continues as it did.'",
    },
    {
        'reading': 'power_users', 'topic': 'what_is_measured', 'unit': 'text',
        'texts': ('current_measured', 'proposed_measured'),
        'sentence': "'Measured today: ' || current_measured || '; under ' || scenario_name || ': ' || proposed_measured || '.'",
    },
    {
        'reading': 'power_users', 'topic': 'what_is_included', 'unit': 'text',
        'texts': ('current_included', 'proposed_included'),
        'sentence': "'Included under ' || scenario_name || ': ' || proposed_included || '; today: ' || current_included || '.'",
    },
    {
        'reading': 'power_users', 'topic': 'where_seats_matter', 'unit': 'ratio',
        'figures': ('current_seat_share', 'proposed_seat_share'),
        'missing': "case when current_seat_share is null or proposed_seat_share is null then 'bills_not_above_zero' end",
        'sentence': "'Seats are ' || current_seat_text || ' of the bill today, ' || proposed_seat_text || ' under ' || scenario_name || '.'",
    },
    {
        'reading': 'executives', 'topic': 'cost_per_unit_of_work', 'unit': 'money per unit',
        'figures': ('current_unit_cost', 'proposed_unit_cost'),
        'missing': "case when current_unit_cost is null then 'no_work' end",
        'sentence': "'Each of ' || work_text || ' ' || value_meter || ' cost ' || current_unit_text || ' today, ' || proposed_unit_text || ' under ' || scenario_name || '.'",
    },
    {
        'reading': 'executives', 'topic': 'return', 'unit': 'units per 100',
        'figures': ('current_return', 'proposed_return'),
        'missing': "case when coalesce(work, 0) = 0 then 'no_work' when current_return is null or proposed_return is null then 'bills_not_above_zero' end",
        'sentence': "'100 ' || currency || ' bring ' || current_return_text || ' ' || value_meter || ' today, ' || proposed_return_text || ' under ' || scenario_name || '.'",
    },
    {
        'reading': 'executives', 'topic': 'idle_seats', 'unit': 'money',
        'figures': ('current_idle', 'proposed_idle'),
        'missing': "case when current_idle is null or proposed_idle is null then 'activity_not_known' end",
        'sentence': "'Seats that nobody used cost ' || current_idle_text || ' today, ' || proposed_idle_text || ' under ' || scenario_name || ': ' || case when current_idle > proposed_idle then saved_text || ' saved.' when current_idle < proposed_idle then saved_text || ' more.' else 'nothing saved.' end",
    },
    {
        'reading': 'executives', 'topic': 'idle_seats_per_unit_of_work', 'unit': 'money per unit',
        'figures': ('current_idle_unit', 'proposed_idle_unit'),
        'missing': "case when coalesce(work, 0) = 0 then 'no_work' when current_idle is null or proposed_idle is null then 'activity_not_known' end",
        'sentence': "'Of the ' || current_unit_text || ' that each of ' || work_text || ' ' || value_meter || ' cost today, ' || current_idle_unit_text || ' paid for seats that nobody used; under ' || scenario_name || ' ' || proposed_idle_unit_text || ' of ' || proposed_unit_text || '.'",
    },
] %}
{% set models = ('current', 'proposed') %}
{# either side of a comparison, and what tells its rows #}
{% set sides = [('current', 'is_current'), ('proposed', 'not is_current')] %}

with

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

compared as (

    select * from {{ ref('int_compared_bills') }}

),

bills as (

    select * from {{ ref('fct_shadow_bills') }}

),

bill_lines as (

    select * from {{ ref('fct_shadow_bill_lines') }}

),

causes as (

    select * from {{ ref('fct_shadow_bill_causes') }}

),

rollout_accounts as (

    select * from {{ ref('int_rollout_accounts') }}

),

scenarios as (

    select names.* from ({{ scenario_names(ref('stg_scenarios')) }}) as names

),

plans as (

    select * from {{ ref('stg_plans') }}

),

credit_grants as (

    select * from {{ ref('stg_credit_grants') }}

),

currencies as (

    select * from {{ ref('stg_currencies') }}

),

usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

utilization as (

    select * from {{ ref('fct_seat_utilization') }}

),

projection_accounts as (

    select * from {{ ref('int_projection_accounts') }}
    where assumption_case in ('low', 'middle', 'high') and month_ahead between 1 and 12

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month
    from calendar_months
    where not is_provisional

),

-- whole ten-thousandths, so that sums of squares stay exact
spent as (

    select
        account_id,
        scenario_id,
        {% for model in models %}
        min({{ model }}_amount) as {{ model }}_low,
        {{ value_at_rank(model ~ '_amount', '0.5') }} as {{ model }}_median,
        max({{ model }}_amount) as {{ model }}_high,
        sum({{ model }}_amount) as {{ model }}_amount,
        sum(cast({{ model }}_amount * 10000 as {{ whole_number_type() }})) as {{ model }}_units,
        sum(
            cast({{ model }}_amount * 10000 as {{ whole_number_type() }})
            * cast({{ model }}_amount * 10000 as {{ whole_number_type() }})
        ) as {{ model }}_squares,
        {% endfor %}
        count(*) as months,
        max(month) as last_month

    from compared

    group by account_id, scenario_id

),

seated as (

    select
        compared.account_id,
        compared.scenario_id,
        sum(causes.current_amount) as current_seats,
        sum(causes.proposed_amount) as proposed_seats

    from compared

    inner join causes
        on
            compared.account_id = causes.account_id
            and compared.month = causes.month
            and compared.scenario_id = causes.scenario_id

    where causes.cause = 'seats'

    group by compared.account_id, compared.scenario_id

),

-- of what seats cost in a month, the share of seats that nobody used; where only active seats are
-- billed, none of it. A month with a charge and unknown activity leaves the whole unknown.
idle_months as (

    select
        compared.account_id,
        compared.scenario_id,
        {% for model, scenario in [('current', "'current'"), ('proposed', 'compared.scenario_id')] %}
        case
            when causes.{{ model }}_amount = 0 then cast(0 as decimal(38, 12))
            when {{ model }}_plans.seat_basis = 'active' then cast(0 as decimal(38, 12))
            else
                {{ exact_ratio(
                    'causes.' ~ model ~ '_amount',
                    'cast(utilization.idle_seats * 1000000 as ' ~ whole_number_type() ~ ')',
                    'cast(utilization.billable_seats * 1000000 as ' ~ whole_number_type() ~ ')'
                ) }}
        end as {{ model }}_idle{{ ',' if not loop.last }}
        {% endfor %}

    from compared

    inner join causes
        on
            compared.account_id = causes.account_id
            and compared.month = causes.month
            and compared.scenario_id = causes.scenario_id
            and causes.cause = 'seats'

    left join utilization
        on
            compared.account_id = utilization.account_id
            and compared.month = utilization.month
            and utilization.billable_seats > 0

    {% for model, scenario in [('current', "'current'"), ('proposed', 'compared.scenario_id')] %}
    left join bills as {{ model }}_bills
        on
            compared.account_id = {{ model }}_bills.account_id
            and compared.month = {{ model }}_bills.month
            and {{ scenario }} = {{ model }}_bills.scenario_id

    left join plans as {{ model }}_plans
        on {{ model }}_bills.plan_id = {{ model }}_plans.plan_id

    {% endfor %}

),

idled as (

    select
        account_id,
        {% for model in models %}
        case
            when count(*) = count({{ model }}_idle) then sum({{ model }}_idle)
        end as {{ model }}_idle,
        {% endfor %}
        scenario_id

    from idle_months

    group by account_id, scenario_id

),

-- what is projected for each of the next twelve months, whatever the case, in the account's currency
expected as (

    select
        projection_accounts.account_id,
        projection_accounts.scenario_id,
        {% for model in models %}
        {% for end in ('min', 'max') %}
        {{ exact_ratio(
            end ~ '(projection_accounts.' ~ model ~ '_amount)',
            'cast(1000000000 as bigint)',
            'cast(cast(max(month_rates.rate) as decimal(38, 9)) * 1000000000 as '
            ~ whole_number_type() ~ ')'
        ) }} as {{ model }}_{{ end }},
        {% endfor %}
        {% endfor %}
        max(month_rates.currency) as currency

    from projection_accounts

    inner join shocks
        on
            projection_accounts.account_id = shocks.account_id
            and projection_accounts.scenario_id = shocks.scenario_id

    cross join last_closed

    inner join month_rates
        on
            shocks.currency = month_rates.currency
            and last_closed.month = month_rates.month

    group by projection_accounts.account_id, projection_accounts.scenario_id

),

worked as (

    select
        compared.account_id,
        compared.scenario_id,
        sum(usage_monthly.quantity) as work

    from compared

    inner join usage_monthly
        on
            compared.account_id = usage_monthly.account_id
            and compared.month = usage_monthly.month

    inner join settings
        on usage_monthly.meter = settings.value_meter

    group by compared.account_id, compared.scenario_id

),

-- what is on the latest compared bill of either model
charged as (

    select
        spent.account_id,
        spent.scenario_id,
        bill_lines.scenario_id = 'current' as is_current,
        bill_lines.charge_name,
        max(case when bill_lines.meter <> 'credits' then bill_lines.included end) as included,
        max(bill_lines.meter) as meter

    from spent

    inner join bill_lines
        on
            spent.account_id = bill_lines.account_id
            and spent.last_month = bill_lines.month
            and bill_lines.scenario_id in ('current', spent.scenario_id)

    where bill_lines.line_kind in ('seat', 'flat', 'usage', 'invoiced')

    group by
        spent.account_id,
        spent.scenario_id,
        bill_lines.scenario_id = 'current',
        bill_lines.charge_name

),

charged_names as (

    select
        account_id,
        {% for model, is_it in sides %}
        {{ joined_text('case when ' ~ is_it ~ ' then charge_name end') }} as {{ model }}_measured,
        {{ joined_text(
            'case when ' ~ is_it ~ ' and included > 0 then ' ~ number_text('included')
            ~ " || ' ' || meter || ' of ' || charge_name end"
        ) }} as {{ model }}_included,
        {% endfor %}
        scenario_id

    from charged

    group by account_id, scenario_id

),

-- what a wallet is filled with is the plan's, whatever the month drew from it
granted as (

    select
        spent.account_id,
        spent.scenario_id,
        bills.scenario_id = 'current' as is_current,
        credit_grants.credits,
        {{ number_text('credit_grants.credits') }}
        || case
            when credit_grants.grant_interval = 'term'
                then
                    ' credits every '
                    || cast(credit_grants.term_months as {{ dbt.type_string() }}) || ' months'
            else ' credits a period'
        end as grant_text,
        row_number() over (
            partition by
                spent.account_id,
                spent.scenario_id,
                bills.scenario_id,
                credit_grants.priority,
                credit_grants.is_free,
                credit_grants.grant_interval
            order by credit_grants.valid_from desc
        ) as recency

    from spent

    inner join bills
        on
            spent.account_id = bills.account_id
            and spent.last_month = bills.month
            and bills.scenario_id in ('current', spent.scenario_id)

    inner join credit_grants
        on
            bills.plan_id = credit_grants.plan_id
            and bills.month >= credit_grants.valid_from

),

grants as (

    select
        account_id,
        {% for model, is_it in sides %}
        {{ joined_text('case when ' ~ is_it ~ ' then grant_text end') }} as {{ model }}_grants,
        {% endfor %}
        scenario_id

    from granted

    -- a row without credits ends a grant
    where recency = 1 and credits > 0

    group by account_id, scenario_id

),

named as (

    select
        charged_names.account_id,
        {% for model in models %}
        charged_names.{{ model }}_measured,
        nullif(
            concat_ws(', ', charged_names.{{ model }}_included, grants.{{ model }}_grants), ''
        ) as {{ model }}_included,
        {% endfor %}
        charged_names.scenario_id

    from charged_names

    left join grants
        on
            charged_names.account_id = grants.account_id
            and charged_names.scenario_id = grants.scenario_id

),

-- the plan's maximum a month
capped as (

    select
        spent.account_id,
        spent.scenario_id,
        bills.scenario_id = 'current' as is_current,
        {{ exact_ratio(
            'plans.maximum_amount', '1',
            "case plans.billing_interval when 'year' then 12 when 'quarter' then 3 else 1 end"
        ) }} as cap

    from spent

    inner join bills
        on
            spent.account_id = bills.account_id
            and spent.last_month = bills.month
            and bills.scenario_id in ('current', spent.scenario_id)

    inner join plans
        on bills.plan_id = plans.plan_id

    where plans.maximum_amount is not null

),

caps as (

    select
        account_id,
        {% for model, is_it in sides %}
        max(case when {{ is_it }} then cap end) as {{ model }}_cap,
        {% endfor %}
        scenario_id

    from capped

    group by account_id, scenario_id

),

gathered as (

    select
        shocks.account_id,
        shocks.scenario_id,
        shocks.segment,
        scenarios.scenario_name,
        shocks.currency,
        coalesce(currencies.minor_units, 2) as minor_units,
        settings.value_meter,
        case
            when spent.account_id is not null then null
            else coalesce(shocks.reason, 'not_available')
        end as reason,
        {% for model in models %}
        spent.{{ model }}_low,
        spent.{{ model }}_median,
        spent.{{ model }}_high,
        spent.{{ model }}_amount,
        {{ variation(
            'cast(spent.months as ' ~ whole_number_type() ~ ')',
            'spent.' ~ model ~ '_units', 'spent.' ~ model ~ '_squares'
        ) }} as {{ model }}_variation,
        case
            when spent.{{ model }}_amount > 0
                then
                    {{ ratio(
                        'coalesce(seated.' ~ model ~ '_seats, 0)', 'spent.' ~ model ~ '_amount'
                    ) }}
        end as {{ model }}_seat_share,
        case
            when worked.work > 0 then {{ ratio('spent.' ~ model ~ '_amount', 'worked.work') }}
        end as {{ model }}_unit_cost,
        case
            when worked.work > 0 and spent.{{ model }}_amount > 0
                then {{ ratio('100 * worked.work', 'spent.' ~ model ~ '_amount') }}
        end as {{ model }}_return,
        coalesce(named.{{ model }}_measured, 'nothing') as {{ model }}_measured,
        coalesce(named.{{ model }}_included, 'nothing') as {{ model }}_included,
        cast(round(caps.{{ model }}_cap, 4) as decimal(18, 4)) as {{ model }}_cap,
        case
            when spent.account_id is null then null
            -- without a charge for seats none is idle
            when idled.account_id is null then cast(0 as decimal(18, 4))
            else
                {{ round_money(
                    'idled.' ~ model ~ '_idle', 'coalesce(currencies.minor_units, 2)'
                ) }}
        end as {{ model }}_idle,
        {% for end in ('min', 'max') %}
        {{ round_money('expected.' ~ model ~ '_' ~ end, 'coalesce(currencies.minor_units, 2)') }}
            as {{ model }}_{{ end }},
        {% endfor %}
        {% endfor %}
        worked.work,
        rollout_accounts.max_increase_ratio,
        rollout_accounts.max_increase_periods

    from shocks

    inner join scenarios
        on shocks.scenario_id = scenarios.scenario_id

    cross join settings

    left join currencies
        on shocks.currency = currencies.currency

    left join spent
        on shocks.account_id = spent.account_id and shocks.scenario_id = spent.scenario_id

    left join seated
        on shocks.account_id = seated.account_id and shocks.scenario_id = seated.scenario_id

    left join idled
        on shocks.account_id = idled.account_id and shocks.scenario_id = idled.scenario_id

    left join expected
        on shocks.account_id = expected.account_id and shocks.scenario_id = expected.scenario_id

    left join worked
        on shocks.account_id = worked.account_id and shocks.scenario_id = worked.scenario_id

    left join named
        on shocks.account_id = named.account_id and shocks.scenario_id = named.scenario_id

    left join caps
        on shocks.account_id = caps.account_id and shocks.scenario_id = caps.scenario_id

    left join rollout_accounts
        on
            shocks.account_id = rollout_accounts.account_id
            and shocks.scenario_id = rollout_accounts.scenario_id

),

joined as (

    select
        gathered.*,
        {% for model in models %}
        case
            when gathered.work > 0
                then {{ ratio('gathered.' ~ model ~ '_idle', 'gathered.work') }}
        end as {{ model }}_idle_unit{{ ',' if not loop.last }}
        {% endfor %}

    from gathered

),

worded as (

    select
        joined.*,
        {% for figure in ('low', 'median', 'high', 'cap', 'idle') %}
        {% for model in models %}
        {{ price_text('joined.' ~ model ~ '_' ~ figure, 'joined.minor_units') }}
        || ' ' || joined.currency as {{ model }}_{{ figure }}_text,
        {% endfor %}
        {% endfor %}
        {% for model in models %}
        {{ percent_text('joined.' ~ model ~ '_variation') }} as {{ model }}_variation_text,
        {{ percent_text('joined.' ~ model ~ '_seat_share') }} as {{ model }}_seat_text,
        {{ decimal_text('joined.' ~ model ~ '_unit_cost', 4) }}
        || ' ' || joined.currency as {{ model }}_unit_text,
        {{ decimal_text('joined.' ~ model ~ '_idle_unit', 4) }}
        || ' ' || joined.currency as {{ model }}_idle_unit_text,
        {{ price_text('joined.' ~ model ~ '_min', 'joined.minor_units') }}
        || case
            when joined.{{ model }}_max > joined.{{ model }}_min
                then
                    ' to '
                    || {{ price_text('joined.' ~ model ~ '_max', 'joined.minor_units') }}
            else ''
        end
        || ' ' || joined.currency as {{ model }}_range,
        {{ decimal_text('joined.' ~ model ~ '_return', 2) }} as {{ model }}_return_text,
        {% endfor %}
        {{ price_text('abs(joined.current_idle - joined.proposed_idle)', 'joined.minor_units') }}
        || ' ' || joined.currency as saved_text,
        {{ number_text('joined.work') }} as work_text,
        {{ number_text('joined.max_increase_ratio * 100') }} as number_text_ratio,
        case
            when joined.max_increase_periods is null then 'Always'
            else
                'For the first ' || cast(joined.max_increase_periods as {{ dbt.type_string() }})
                || ' months'
        end as hold_text

    from joined

),

stated as (

    {% for line in lines %}

    select
        account_id,
        scenario_id,
        segment,
        {{ loop.index }} as line_number,
        '{{ line.reading }}' as reading,
        '{{ line.topic }}' as topic,
        '{{ line.unit }}' as unit,
        currency,
        {% if line.figures %}
        cast({{ line.figures[0] }} as decimal(28, 6)) as current_value,
        cast({{ line.figures[1] }} as decimal(28, 6)) as proposed_value,
        cast(null as {{ dbt.type_string() }}) as current_text,
        cast(null as {{ dbt.type_string() }}) as proposed_text,
        {% else %}
        cast(null as decimal(28, 6)) as current_value,
        cast(null as decimal(28, 6)) as proposed_value,
        case when reason is null then {{ line.texts[0] }} end as current_text,
        case when reason is null then {{ line.texts[1] }} end as proposed_text,
        {% endif %}
        coalesce(reason, {{ line.missing or 'null' }}) as reason,
        case when reason is null then {{ line.sentence }} end as sentence

    from worded

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

final as (

    select
        account_id,
        scenario_id,
        line_number,
        segment,
        reading,
        topic,
        unit,
        currency,
        current_value,
        proposed_value,
        current_text,
        proposed_text,
        coalesce(sentence, 'Not available: ' || replace(reason, '_', ' ') || '.') as sentence,
        reason

    from stated

)

select * from final
