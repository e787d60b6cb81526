with

accounts as (

    select * from {{ ref('int_accounts') }}

),

accuracy as (

    select * from {{ ref('int_account_accuracy') }}

),

account_months as (

    select * from {{ ref('int_account_months') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

current_plans as (

    select * from {{ ref('int_current_plans') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

seat_changes as (

    select distinct account_id from {{ ref('int_seat_changes') }}

),

fixes as (

    select * from {{ ref('int_gap_fixes') }}

),

lines as (

    select * from {{ ref('int_gap_lines') }}

),

prices as (

    select * from {{ ref('int_gap_prices') }}

),

discounts as (

    select * from {{ ref('int_gap_discounts') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}
    where name = 'accuracy_floor' and segment = 'all'

),

last_closed as (

    select max(month) as month from calendar_months
    where not is_provisional

),

latest_plans as (

    select
        account_id,
        max_by(plan_id, month) as plan_id

    from current_plans
    group by account_id

),

-- accounts with MRR whose current bill is their invoice, or whose data is incomplete
gaps as (

    select
        accounts.account_id,
        accounts.segment,
        latest_plans.plan_id,
        accounts.currency,
        account_months.mrr,
        accuracy.accuracy,
        accuracy.matched_amount,
        accuracy.compared_amount,
        accuracy.current_basis,
        thresholds.fires_at as accuracy_floor,
        plans.plan_id is null as has_no_plan,
        accounts.currency is not null and month_rates.currency is null as has_no_rate,
        account_months.bills_seats and account_months.billable_seats is null
        and seat_changes.account_id is null as has_no_seats,
        account_months.is_carried_forward,
        account_months.is_complete

    from accounts

    inner join accuracy
        on accounts.account_id = accuracy.account_id

    cross join last_closed

    cross join thresholds

    inner join account_months
        on
            accounts.account_id = account_months.account_id
            and last_closed.month = account_months.month

    left join latest_plans
        on accounts.account_id = latest_plans.account_id

    left join plans
        on latest_plans.plan_id = plans.plan_id

    left join month_rates
        on
            accounts.currency = month_rates.currency
            and last_closed.month = month_rates.month

    left join seat_changes
        on accounts.account_id = seat_changes.account_id

    where
        (
            account_months.mrr > 0
            and (accuracy.current_basis = 'invoiced' or not account_months.is_complete)
        )
        or (
            accounts.currency is not null and month_rates.currency is null
            and not coalesce(account_months.mrr <= 0, false)
        )

),

tried as (

    select
        fixes.account_id,
        fixes.cause,
        fixes.setting,
        fixes.plan_id,
        fixes.fixed_lines,
        accuracy.current_basis,
        {{ ratio(
            '(accuracy.matched_amount + fixes.matched_change)',
            '(accuracy.compared_amount + fixes.compared_change)'
        ) }} as accuracy_after,
        thresholds.fires_at as accuracy_floor

    from fixes

    inner join accuracy
        on fixes.account_id = accuracy.account_id

    cross join thresholds

),

-- a plan counts its seats one way: the one by which most of its accounts agree with their invoices
settings_of_plans as (

    select
        cause,
        setting,
        plan_id,
        row_number() over (
            partition by plan_id
            order by
                sum(case when accuracy_after >= accuracy_floor then 1 else 0 end) desc,
                case cause when 'seat_basis' then 1 else 2 end asc,
                case setting
                    when 'start' then 1
                    when 'end' then 2
                    when 'peak' then 3
                    else 4
                end asc
        ) as preference

    from tried
    where plan_id <> ''
    group by cause, setting, plan_id
    -- whoever agrees today must still agree
    having
        sum(
            case when current_basis = 'rated' and accuracy_after < accuracy_floor then 1 else 0 end
        ) = 0

),

enough as (

    select
        tried.*,
        row_number() over (
            partition by tried.account_id
            order by
                case tried.cause
                    when 'line_type' then 1
                    when 'price' then 2
                    when 'discount' then 3
                    when 'seat_basis' then 4
                    else 5
                end asc,
                tried.plan_id asc
        ) as preference

    from tried

    left join settings_of_plans
        on
            tried.cause = settings_of_plans.cause
            and tried.setting = settings_of_plans.setting
            and tried.plan_id = settings_of_plans.plan_id
            and settings_of_plans.preference = 1

    where
        tried.current_basis = 'invoiced'
        and tried.accuracy_after >= tried.accuracy_floor
        and tried.fixed_lines > 0
        and (tried.plan_id = '' or settings_of_plans.plan_id is not null)

),

-- lines that never meet, although another difference remains
mistyped as (

    select account_id
    from tried
    where cause = 'line_type'
    group by account_id

),

seat_prices as (

    select
        account_id,
        max(invoiced_unit_price) as unit_price

    from lines
    where line_kind = 'seat' and invoiced_unit_price is not null
    group by account_id
    having min(invoiced_unit_price) = max(invoiced_unit_price)

),

price_rows as (

    select
        account_id,
        {{ ordered_text(
            csv_row([
                'account_id',
                'charge_id',
                'cast(valid_from as varchar)',
                'cast(valid_to as varchar)',
                price_text('price', '2'),
                "cast(null as varchar)",
                "cast(null as varchar)",
            ]),
            'charge_id, valid_from',
            'chr(10)'
        ) }} as row_text,
        {{ ordered_text(
            'concat(charge_id, chr(32), ' ~ price_text('price', '2') ~ ", ' instead of ', "
            ~ price_text('list_price', '2') ~ ", ' from ', cast(valid_from as varchar), ' ('"
            ~ ', ' ~ decimal_text(
                'abs(' ~ ratio('price - list_price', 'list_price') ~ ') * 100', 1
            ) ~ ", ' % ', case when price < list_price then 'below' else 'above' end, ' list)')",
            'charge_id, valid_from',
            "'; '"
        ) }} as words

    from prices
    where price <> list_price
    group by account_id

),

discount_runs as (

    select
        account_id,
        run,
        min(valid_from) as valid_from,
        max(share) as share

    from discounts
    group by account_id, run

),

bounded_discounts as (

    select
        *,
        lead(valid_from) over (
            partition by account_id
            order by run
        ) as valid_to

    from discount_runs

),

discount_rows as (

    select
        account_id,
        {{ ordered_text(
            csv_row([
                "concat(account_id, '-', cast(run as varchar))",
                "'account'",
                'account_id',
                'cast(valid_from as varchar)',
                'cast(valid_to as varchar)',
                number_text('share'),
                'cast(null as varchar)',
                'cast(null as varchar)',
            ]),
            'run',
            'chr(10)'
        ) }} as row_text,
        {{ ordered_text(
            decimal_text('share * 100', 1) ~ " || ' % from ' || cast(valid_from as varchar)",
            'run',
            "'; '"
        ) }} as words

    from bounded_discounts
    group by account_id

),

caused as (

    select
        gaps.*,
        enough.setting,
        enough.accuracy_after,
        coalesce(nullif(enough.plan_id, ''), gaps.plan_id) as gap_plan_id,
        case
            when gaps.has_no_rate then 'missing_rate'
            when gaps.current_basis = 'invoiced' and gaps.has_no_plan then 'missing_plan'
            when gaps.has_no_seats then 'missing_seats'
            when enough.cause is not null then enough.cause
            when gaps.current_basis = 'invoiced' and mistyped.account_id is not null
                then 'line_type'
            when gaps.current_basis = 'invoiced' then 'unexplained'
            when gaps.is_carried_forward then 'missing_invoices'
            else 'missing_usage'
        end as cause

    from gaps

    left join enough
        on gaps.account_id = enough.account_id and enough.preference = 1

    left join mistyped
        on gaps.account_id = mistyped.account_id

),

worded as (

    select
        caused.account_id,
        caused.segment,
        coalesce(caused.gap_plan_id, '') as plan_id,
        caused.currency,
        caused.cause,
        case when caused.cause in {{ previewed_causes() }} then caused.setting end as setting,
        caused.mrr,
        caused.accuracy,
        case when caused.cause in {{ previewed_causes() }} then caused.accuracy_after end
            as accuracy_after,
        case caused.cause
            when 'missing_rate'
                then concat('There is no exchange rate of ', caused.currency, '.')
            when 'missing_plan'
                then
                    case
                        when caused.plan_id is null
                            then
                                'Neither a subscription, nor an invoice, nor scenarios.csv'
                                || ' names the plan of the account.'
                        else concat('Plan ', caused.plan_id, ' is not in the price book.')
                    end
                    || coalesce(
                        ' Its invoices bill ' || {{ price_text('seat_prices.unit_price', '2') }}
                        || ' a seat.',
                        ''
                    )
            when 'missing_seats' then 'The plan bills seats, and the exports have none.'
            when 'price' then concat('Its invoices bill ', price_rows.words, '.')
            when 'discount'
                then
                    concat(
                        'Its invoices take off a discount that no file names: ',
                        discount_rows.words,
                        '.'
                    )
            when 'seat_basis'
                then concat('Its invoices bill ', {{ basis_words('caused.setting') }}, '.')
            when 'proration' then 'Its invoices bill seats by day as they change.'
            when 'line_type'
                then
                    'Its invoices have lines of type flat for periods whose seats no line bills:'
                    || ' lines of different types never match.'
            when 'missing_invoices' then 'The latest service has not been invoiced yet.'
            when 'missing_usage' then 'The exports have no usage in three months.'
            else
                'No single cause explains the differences between its invoices and its re-rated'
                || ' bills.'
        end as sentence,
        case caused.cause
            when 'price' then 'reference/contract_prices.csv'
            when 'discount' then 'reference/discounts.csv'
            when 'seat_basis' then 'reference/plans.csv'
            when 'proration' then 'reference/plans.csv'
            when 'missing_plan'
                then
                    case
                        when caused.plan_id is null then 'reference/scenarios.csv'
                        else 'reference/plans.csv'
                    end
            when 'missing_rate' then 'exports/exchange_rates'
            when 'missing_seats' then 'exports/seat_events'
            when 'missing_invoices' then 'exports/invoice_lines'
            when 'missing_usage' then 'exports/usage_events'
            when 'line_type' then 'exports/invoice_lines'
        end as file_name,
        case caused.cause
            when 'price'
                then
                    'account_id,charge_id,valid_from,valid_to,unit_amount,discount_ratio,'
                    || 'approved_by'
            when 'discount'
                then 'discount_id,scope,scope_id,valid_from,valid_to,ratio,amount,approved_by'
            when 'seat_basis' then {{ plan_header() }}
            when 'proration' then {{ plan_header() }}
        end as header,
        case caused.cause
            when 'price' then price_rows.row_text
            when 'discount' then discount_rows.row_text
            when 'seat_basis'
                then {{ plan_row('plans', 'plans.proration', 'caused.setting') }}
            when 'proration' then {{ plan_row('plans', "'by_day'", "'time_weighted'") }}
        end as row_text

    from caused

    left join price_rows
        on caused.account_id = price_rows.account_id

    left join discount_rows
        on caused.account_id = discount_rows.account_id

    left join seat_prices
        on caused.account_id = seat_prices.account_id

    left join plans
        on caused.gap_plan_id = plans.plan_id

),

described as (

    select
        account_id,
        segment,
        plan_id,
        cause,
        setting,
        case when cause <> 'missing_rate' then cast(mrr as decimal(38, 4)) end as mrr,
        accuracy,
        cast(accuracy_after as decimal(18, 6)) as accuracy_after,
        accuracy_after is not null as is_previewed,
        sentence,
        file_name,
        header,
        row_text

    from worded

)

select * from described
