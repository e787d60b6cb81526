{% set measures = [
    ('unit_follows_work', 'value_signal', 'ratio', 'higher'),
    ('unit_retention_correlation', 'value_signal', 'correlation', 'higher'),
    ('bill_variation', 'buyer_clarity', 'coefficient of variation', 'lower'),
    ('lines_per_bill', 'buyer_clarity', 'lines', 'lower'),
    ('accuracy', 'operational_load', 'ratio', 'higher'),
    ('quarantine_rate', 'operational_load', 'ratio', 'lower'),
    ('exception_share', 'operational_load', 'ratio', 'lower'),
    ('unapproved_discount_share', 'operational_load', 'ratio', 'lower'),
] %}

with

units as (

    select * from {{ ref('int_scorecard_units') }}

),

usage_monthly as (

    select * from {{ ref('fct_usage_monthly') }}

),

trailing_accounts as (

    select * from {{ ref('int_trailing_accounts') }}
    where version = 'with_usage'

),

variance as (

    select * from {{ ref('fct_invoice_variance') }}
    where not is_provisional

),

accounts as (

    select * from {{ ref('int_accounts') }}
    where is_active

),

accuracy as (

    select * from {{ ref('int_account_accuracy') }}

),

account_months as (

    select * from {{ ref('int_account_months') }}

),

contract_prices as (

    select * from {{ ref('stg_contract_prices') }}

),

discounts as (

    select * from {{ ref('stg_discounts') }}
    where scope = 'account'

),

known_rows as (

    select * from {{ ref('stg_known_rows') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

limits as (

    select * from {{ ref('int_decision_limits') }}

),

settings as (

    select
        *,
        {{ local_day('as_of', 'time_zone') }} as as_of_on

    from {{ ref('stg_settings') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

last_closed as (

    select max(month) as month from calendar_months

    where not is_provisional

),

models as (

    select shown.pricing_model
    from (values ('per_seat'), ('usage'), ('outcome'), ('hybrid')) as shown (pricing_model)

),

work as (

    select
        usage_monthly.account_id,
        case
            when usage_monthly.month > {{ add_months('last_closed.month', '-3') }} then 'now'
            else 'year_ago'
        end as side,
        sum(usage_monthly.quantity) as work

    from usage_monthly

    inner join settings
        on usage_monthly.meter = settings.value_meter

    cross join last_closed

    where
        (
            usage_monthly.month <= last_closed.month
            and usage_monthly.month > {{ add_months('last_closed.month', '-3') }}
        )
        or (
            usage_monthly.month <= {{ add_months('last_closed.month', '-12') }}
            and usage_monthly.month > {{ add_months('last_closed.month', '-15') }}
        )

    group by
        usage_monthly.account_id,
        case
            when usage_monthly.month > {{ add_months('last_closed.month', '-3') }} then 'now'
            else 'year_ago'
        end

),

retained as (

    select
        trailing_accounts.account_id,
        {{ ratio('trailing_accounts.mrr_end', 'trailing_accounts.mrr_start') }} as retained

    from trailing_accounts

    inner join last_closed
        on trailing_accounts.month = last_closed.month

    where trailing_accounts.mrr_start > 0

),

-- changes within an account in a year, against the mean of both ends: the same size up and down
grown as (

    select
        units.segment,
        units.pricing_model,
        units.account_id,
        {{ ratio(
            'units.unit_quantity - before.unit_quantity',
            'units.unit_quantity + before.unit_quantity'
        ) }} as unit_change,
        {{ ratio(
            'coalesce(work.work, 0) - coalesce(work_before.work, 0)',
            'coalesce(work.work, 0) + coalesce(work_before.work, 0)'
        ) }} as work_change

    from units

    inner join units as before
        on
            units.segment = before.segment
            and units.pricing_model = before.pricing_model
            and units.account_id = before.account_id
            and units.bills = before.bills
            and before.side = 'year_ago'

    left join work
        on units.account_id = work.account_id and work.side = 'now'

    left join work as work_before
        on units.account_id = work_before.account_id and work_before.side = 'year_ago'

    where units.side = 'now'

),

-- 1 where the unit grows or shrinks as work does, less where one of them changes more, 0 where they
-- go apart; null where the work has not changed
compared as (

    select
        segment,
        pricing_model,
        case
            when coalesce(work_change, 0) = 0 then null
            when coalesce(unit_change, 0) * work_change <= 0 then cast(0 as decimal(18, 6))
            when abs(unit_change) <= abs(work_change)
                then {{ ratio('unit_change', 'work_change') }}
            else {{ ratio('work_change', 'unit_change') }}
        end as followed

    from grown

),

followed as (

    select
        segment,
        pricing_model,
        count(*) as accounts,
        cast({{ value_at_rank('followed', '0.5') }} as decimal(18, 6)) as value

    from compared

    group by segment, pricing_model

),

paired as (

    select
        'unit_retention_correlation' as measure,
        units.segment,
        units.pricing_model,
        units.unit_quantity,
        cast(retained.retained as decimal(28, 6)) as held_against

    from units

    inner join retained
        on units.account_id = retained.account_id

    where units.side = 'year_ago'

),

-- twice the mean rank of equals, so that ranks stay whole numbers
ranked as (

    select
        measure,
        segment,
        pricing_model,
        held_against,
        cast(
            2 * rank() over by_unit + count(*) over same_unit - 1 as {{ whole_number_type() }}
        ) as unit_rank,
        cast(
            2 * rank() over by_held + count(*) over same_held - 1 as {{ whole_number_type() }}
        ) as held_rank

    from paired

    window
        by_unit as (partition by measure, segment, pricing_model order by unit_quantity),
        same_unit as (partition by measure, segment, pricing_model, unit_quantity),
        by_held as (partition by measure, segment, pricing_model order by held_against),
        same_held as (partition by measure, segment, pricing_model, held_against)

),

correlated as (

    select
        measure,
        segment,
        pricing_model,
        count(*) as accounts,
        case
            when sum(held_against) > 0
                then {{ rank_correlation(
                    'count(*)', 'sum(unit_rank)', 'sum(held_rank)',
                    'sum(unit_rank * unit_rank)', 'sum(held_rank * held_rank)',
                    'sum(unit_rank * held_rank)'
                ) }}
        end as value

    from ranked

    group by measure, segment, pricing_model

    union all

    select
        'unit_follows_work' as measure,
        segment,
        pricing_model,
        accounts,
        value

    from followed

),

latest_variations as (

    select
        account_id,
        scenario_id,
        variation_6,
        row_number() over (partition by account_id, scenario_id order by month desc) as recency

    from variance

),

clarity as (

    select
        units.segment,
        units.pricing_model,
        max(units.scenario_id) as scenario_id,
        count(*) as accounts,
        count(latest_variations.variation_6) as varied_accounts,
        cast({{ value_at_rank('latest_variations.variation_6', '0.5') }} as decimal(18, 6))
            as bill_variation,
        {{ ratio('sum(units.lines)', 'sum(units.bills)') }} as lines_per_bill

    from units

    left join latest_variations
        on
            units.account_id = latest_variations.account_id
            and units.scenario_id = latest_variations.scenario_id
            and latest_variations.recency = 1

    where units.side = 'now'

    group by units.segment, units.pricing_model

),

-- load is what accounts on such plans really cause, and shows once somebody is on one
on_model as (

    select
        segments.segment,
        case accounts.plan_family
            when 'per_seat' then 'per_seat'
            when 'usage' then 'usage'
            when 'token' then 'usage'
            when 'credit' then 'usage'
            when 'outcome' then 'outcome'
            when 'hybrid' then 'hybrid'
        end as pricing_model,
        accounts.account_id,
        accounts.currency

    from accounts

    inner join segments
        on segments.segment in ('all', accounts.segment)

),

excepted as (

    select contract_prices.account_id
    from contract_prices

    inner join settings
        on
            settings.as_of_on >= contract_prices.valid_from
            and (
                contract_prices.valid_to is null or settings.as_of_on < contract_prices.valid_to
            )

    union distinct

    select discounts.scope_id as account_id
    from discounts

    inner join settings
        on
            (discounts.valid_from is null or settings.as_of_on >= discounts.valid_from)
            and (discounts.valid_to is null or settings.as_of_on < discounts.valid_to)

),

listed as (

    select
        account_months.account_id,
        sum(account_months.list_amount) as list_amount,
        sum(account_months.unapproved_amount) as unapproved_amount

    from account_months

    cross join last_closed

    where
        account_months.month <= last_closed.month
        and account_months.month > {{ add_months('last_closed.month', '-3') }}
        and account_months.unapproved_amount is not null

    group by account_months.account_id

),

loaded_accounts as (

    select
        on_model.segment,
        on_model.pricing_model,
        count(*) as accounts,
        sum(accuracy.matched_amount * month_rates.rate) as matched_amount,
        sum(accuracy.compared_amount * month_rates.rate) as compared_amount,
        count(excepted.account_id) as excepted_accounts,
        sum(listed.list_amount) as list_amount,
        sum(listed.unapproved_amount) as unapproved_amount

    from on_model

    cross join last_closed

    left join month_rates
        on on_model.currency = month_rates.currency and last_closed.month = month_rates.month

    left join accuracy
        on on_model.account_id = accuracy.account_id

    left join excepted
        on on_model.account_id = excepted.account_id

    left join listed
        on on_model.account_id = listed.account_id

    where on_model.pricing_model is not null

    group by on_model.segment, on_model.pricing_model

),

load_shares as (

    select
        on_model.segment,
        on_model.pricing_model,
        on_model.accounts,
        case
            when on_model.compared_amount > 0
                then {{ ratio('on_model.matched_amount', 'on_model.compared_amount') }}
        end as accuracy,
        {{ ratio('on_model.excepted_accounts', 'on_model.accounts') }} as exception_share,
        case
            when on_model.list_amount > 0
                then {{ ratio('on_model.unapproved_amount', 'on_model.list_amount') }}
        end as unapproved_discount_share

    from loaded_accounts as on_model

),

-- rows known at the as-of of the exports without which the model cannot be billed
quarantined as (

    select
        models.pricing_model,
        sum(known_rows.held) as quarantined,
        sum(known_rows.kept + known_rows.held) as told

    from models

    inner join known_rows
        on
            (
                models.pricing_model in ('per_seat', 'hybrid')
                and known_rows.export in ('seat_events', 'seat_snapshots')
            )
            or (models.pricing_model <> 'per_seat' and known_rows.export = 'usage_events')

    group by models.pricing_model

),

quarantine_rates as (

    select
        pricing_model,
        case when told > 0 then {{ ratio('quarantined', 'told') }} end as quarantine_rate

    from quarantined

),

grid as (

    select
        segments.segment,
        models.pricing_model,
        clarity.scenario_id,
        coalesce(clarity.accounts, 0) as billed_accounts,
        coalesce(clarity.varied_accounts, 0) as varied_accounts,
        clarity.bill_variation,
        clarity.lines_per_bill,
        coalesce(load_shares.accounts, 0) as load_accounts,
        load_shares.accuracy,
        load_shares.exception_share,
        load_shares.unapproved_discount_share,
        quarantine_rates.quarantine_rate,
        limits.small_cell_accounts

    from segments

    cross join models

    inner join limits
        on segments.segment = limits.segment

    left join clarity
        on
            segments.segment = clarity.segment
            and models.pricing_model = clarity.pricing_model

    left join load_shares
        on
            segments.segment = load_shares.segment
            and models.pricing_model = load_shares.pricing_model

    left join quarantine_rates
        on models.pricing_model = quarantine_rates.pricing_model

),

cells as (

    {% for measure, question, unit, better in measures %}

    select
        grid.segment,
        grid.pricing_model,
        '{{ measure }}' as measure,
        '{{ question }}' as question,
        '{{ unit }}' as unit,
        '{{ better }}' as better,
        grid.scenario_id,
        grid.small_cell_accounts,
        {% if question == 'value_signal' %}
        coalesce(correlated.accounts, 0) as accounts,
        cast(correlated.value as decimal(18, 6)) as value,
        case
            when grid.billed_accounts = 0 then 'no_plan_of_this_kind'
            when coalesce(correlated.accounts, 0) = 0 then 'too_few_months'
            when correlated.value is null then 'no_variation'
        end as reason
        {% elif measure == 'bill_variation' %}
        grid.varied_accounts as accounts,
        cast(grid.bill_variation as decimal(18, 6)) as value,
        case
            when grid.billed_accounts = 0 then 'no_plan_of_this_kind'
            when grid.bill_variation is null then 'too_few_months'
        end as reason
        {% elif measure == 'lines_per_bill' %}
        grid.billed_accounts as accounts,
        cast(grid.lines_per_bill as decimal(18, 6)) as value,
        case when grid.billed_accounts = 0 then 'no_plan_of_this_kind' end as reason
        {% elif measure == 'quarantine_rate' %}
        grid.billed_accounts as accounts,
        cast(grid.quarantine_rate as decimal(18, 6)) as value,
        case when grid.quarantine_rate is null then 'no_rows' end as reason
        {% else %}
        grid.load_accounts as accounts,
        cast(grid.{{ measure }} as decimal(18, 6)) as value,
        case
            when grid.load_accounts = 0 then 'no_account_on_it'
            when grid.{{ measure }} is null then 'nothing_compared'
        end as reason
        {% endif %}
    from grid

    {% if question == 'value_signal' %}
    left join correlated
        on
            grid.segment = correlated.segment
            and grid.pricing_model = correlated.pricing_model
            and correlated.measure = '{{ measure }}'
    {% endif %}

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

final as (

    select
        cells.segment,
        cells.pricing_model,
        cells.measure,
        cells.question,
        cells.scenario_id,
        cells.value,
        cells.unit,
        cells.better,
        cast(cells.accounts as bigint) as accounts,
        coalesce(cells.accounts < cells.small_cell_accounts, false) as is_small,
        case cells.measure
            when 'unit_follows_work'
                then
                    'Median over accounts, last three closed bills and those of a year before: '
                    || case cells.pricing_model
                        when 'per_seat' then 'seats billed'
                        when 'usage' then 'money for metered work, or credits that it asks for'
                        when 'outcome' then 'outcomes billed'
                        else 'the whole bill'
                    end
                    || ' beside ' || settings.value_meter
                    || ', smaller change divided by the larger one, 0 where they go apart '
                    || '(fct_shadow_bill_lines, fct_usage_monthly)'
            when 'unit_retention_correlation'
                then
                    'Spearman over accounts: the same of the bills a year before with the share '
                    || 'of MRR kept since (fct_shadow_bill_lines, MRR with usage)'
            when 'bill_variation'
                then 'Median variation of six closed bills (fct_invoice_variance)'
            when 'lines_per_bill'
                then 'Mean lines of the last three closed bills (fct_shadow_bill_lines)'
            when 'accuracy'
                then
                    'Usage-to-invoice accuracy of the accounts on such plans (fct_account_accuracy)'
            when 'quarantine_rate'
                then
                    'Rows held back of '
                    || case cells.pricing_model
                        when 'per_seat' then 'seat exports'
                        when 'hybrid' then 'seat and usage exports'
                        else 'usage exports'
                    end || ', all segments (quarantine)'
            when 'exception_share'
                then
                    'Accounts on such plans with a price or discount of their own in force '
                    || '(contract_prices.csv, discounts.csv)'
            else
                'Unapproved part of list price over the last three closed months, accounts on such '
                || 'plans (fct_discount_leakage)'
        end as source,
        cells.reason

    from cells

    cross join settings

)

select * from final
