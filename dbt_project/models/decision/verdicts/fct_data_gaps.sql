with

gaps as (

    select * from {{ ref('fct_account_gaps') }}

),

-- what several accounts share is written once: the row of their plan
distinct_rows as (

    select distinct
        cause,
        segment,
        plan_id,
        row_text

    from gaps
    where row_text is not null

),

rows_of_gaps as (

    select
        cause,
        segment,
        plan_id,
        {{ ordered_text('row_text', 'row_text', 'chr(10)') }} as row_text

    from distinct_rows
    group by cause, segment, plan_id

),

summed_up as (

    select
        cause,
        segment,
        plan_id,
        count(*) as accounts,
        sum(mrr) as mrr_unlocked,
        min(case when is_previewed then 1 else 0 end) = 1 as is_previewed,
        min(setting) as setting,
        min(sentence) as first_sentence,
        max(sentence) as last_sentence,
        min(file_name) as file_name,
        min(header) as header

    from gaps
    group by cause, segment, plan_id

),

worded as (

    select
        summed_up.*,
        rows_of_gaps.row_text,
        case
            when summed_up.first_sentence = summed_up.last_sentence
                then concat(summed_up.first_sentence, ' ')
            else ''
        end
        || case summed_up.cause
            when 'price'
                then
                    'Every bill has a constant price that differs from the list. Add the prices'
                    || ' agreed with these accounts to contract_prices.csv.'
            when 'discount'
                then
                    'Every bill has a constant discount. Add it to discounts.csv, with who'
                    || ' approved it.'
            when 'seat_basis' then 'Set the seat_basis of the plan in plans.csv.'
            when 'proration' then 'Set the proration and seat_basis of the plan in plans.csv.'
            when 'line_type'
                then
                    'Give the lines that bill seats the line_type seat, in the export or with'
                    || ' `values: {line_type: seat}` in its mapping.'
            when 'missing_plan'
                then
                    case
                        when summed_up.plan_id = ''
                            then
                                'Add a row of scenario current with the account and its plan to'
                                || ' scenarios.csv.'
                        else 'Add the plan to plans.csv and its prices to charges.csv.'
                    end
            when 'missing_rate' then 'Add the rate to the export exchange_rates.'
            when 'missing_seats' then 'Add the seats of these accounts to the export of seats.'
            when 'missing_invoices'
                then 'Add the invoices of the latest service to the export invoice_lines.'
            when 'missing_usage' then 'Add the usage of these accounts to the export usage_events.'
            else
                '`seatshift explain` with the account shows its lines; the differences of each'
                || ' line are in fct_invoice_reconciliation.'
        end as fix

    from summed_up

    left join rows_of_gaps
        on
            summed_up.cause = rows_of_gaps.cause
            and summed_up.segment = rows_of_gaps.segment
            and summed_up.plan_id = rows_of_gaps.plan_id

),

ranked as (

    select
        row_number() over (
            order by
                case when cause = 'unexplained' then 1 else 0 end asc,
                coalesce(mrr_unlocked, 0) desc,
                cause asc,
                segment asc,
                plan_id asc
        ) as gap_rank,
        cause,
        segment,
        plan_id,
        accounts,
        cast(mrr_unlocked as decimal(38, 4)) as mrr_unlocked,
        is_previewed,
        fix,
        file_name,
        header,
        row_text

    from worded

)

select * from ranked
