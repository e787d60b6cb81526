with

recurring_lines as (

    select * from {{ ref('int_recurring_lines') }}

),

late_invoices as (

    select * from {{ ref('int_late_invoices') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

contract_keys as (

    select
        account_id,
        contract_key,
        min(service_start) as first_on

    from recurring_lines
    group by account_id, contract_key

),

-- before the join with months: a key refers to all contracts, one contract, or a subscription's
key_contracts as (

    select
        contract_keys.account_id,
        contract_keys.contract_key,
        contracts.contract_id,
        contracts.started_on,
        contracts.ended_on

    from contract_keys

    inner join contracts
        on contract_keys.account_id = contracts.account_id

    where
        contract_keys.contract_key in ('', contracts.contract_id)
        or contract_keys.contract_key = contracts.subscription_id

),

-- a contract that has ended, or whose account has churned, has no MRR, even if paid in advance
contract_states as (

    select
        contract_keys.account_id,
        contract_keys.contract_key,
        month_closes.month,
        month_closes.is_provisional,
        max(
            case
                when accounts.churned_on <= month_closes.measured_on then 0
                when key_contracts.contract_id is null then 1
                when
                    key_contracts.started_on <= month_closes.measured_on
                    and (
                        key_contracts.ended_on is null
                        or key_contracts.ended_on > month_closes.measured_on
                    )
                    then 1
                else 0
            end
        ) = 1 as is_active,
        max(
            case
                when accounts.churned_on <= month_closes.measured_on then 1
                when key_contracts.ended_on <= month_closes.measured_on then 1
                else 0
            end
        ) = 1 as has_ended

    from contract_keys

    inner join month_closes
        on contract_keys.first_on <= month_closes.measured_on

    inner join accounts
        on contract_keys.account_id = accounts.account_id

    left join key_contracts
        on
            contract_keys.account_id = key_contracts.account_id
            and contract_keys.contract_key = key_contracts.contract_key

    group by
        contract_keys.account_id,
        contract_keys.contract_key,
        month_closes.month,
        month_closes.is_provisional

),

-- at the end of each month, and of the previous month as known at this month's close
covering as (

    select
        recurring_lines.account_id,
        recurring_lines.contract_key,
        recurring_lines.currency,
        month_closes.month,
        sum(case when recurring_lines.is_usage then 0 else recurring_lines.monthly_amount end)
            as amount,
        count(*) as line_count

    from recurring_lines

    inner join month_closes
        on
            recurring_lines.service_start <= month_closes.measured_on
            and recurring_lines.service_end > month_closes.measured_on

    where recurring_lines.basis = 'today'

    group by
        recurring_lines.account_id,
        recurring_lines.contract_key,
        recurring_lines.currency,
        month_closes.month

),

late_sums as (

    select
        recurring_lines.account_id,
        recurring_lines.contract_key,
        recurring_lines.currency,
        month_closes.month,
        sum(
            case
                when recurring_lines.is_usage then 0
                when recurring_lines.service_start > month_closes.measured_on then 0
                when recurring_lines.service_end <= month_closes.measured_on then 0
                when recurring_lines.basis = 'today' then -recurring_lines.monthly_amount
                else recurring_lines.monthly_amount
            end
        ) as closing_amount,
        sum(
            case
                when recurring_lines.service_start > month_closes.measured_on then 0
                when recurring_lines.service_end <= month_closes.measured_on then 0
                when recurring_lines.basis = 'today' then -1
                else 1
            end
        ) as closing_line_count,
        sum(
            case
                when recurring_lines.is_usage then 0
                when recurring_lines.service_start > month_closes.previous_measured_on then 0
                when recurring_lines.service_end <= month_closes.previous_measured_on then 0
                when recurring_lines.basis = 'today' then -recurring_lines.monthly_amount
                else recurring_lines.monthly_amount
            end
        ) as opening_amount,
        sum(
            case
                when recurring_lines.service_start > month_closes.previous_measured_on then 0
                when recurring_lines.service_end <= month_closes.previous_measured_on then 0
                when recurring_lines.basis = 'today' then -1
                else 1
            end
        ) as opening_line_count

    from recurring_lines

    inner join late_invoices
        on
            recurring_lines.invoice_id = late_invoices.invoice_id
            and (
                recurring_lines.basis = 'today'
                or recurring_lines.known_at_close_of = late_invoices.month
            )

    inner join month_closes
        on late_invoices.month = month_closes.month

    group by
        recurring_lines.account_id,
        recurring_lines.contract_key,
        recurring_lines.currency,
        month_closes.month

),

contract_currencies as (

    select distinct
        account_id,
        contract_key,
        currency

    from recurring_lines

),

placed as (

    select
        contract_states.account_id,
        contract_states.contract_key,
        contract_currencies.currency,
        contract_states.month,
        contract_states.is_provisional,
        contract_states.is_active,
        contract_states.has_ended and not contract_states.is_active as is_over,
        coalesce(covering.amount, 0) as amount,
        sum(coalesce(covering.line_count, 0)) over contract_month as line_count,
        coalesce(late_sums.closing_amount, 0) as late_closing_amount,
        sum(coalesce(late_sums.closing_line_count, 0)) over contract_month
            as late_closing_line_count,
        coalesce(late_sums.opening_amount, 0) as late_opening_amount,
        sum(coalesce(late_sums.opening_line_count, 0)) over contract_month
            as late_opening_line_count

    from contract_states

    inner join contract_currencies
        on
            contract_states.account_id = contract_currencies.account_id
            and contract_states.contract_key = contract_currencies.contract_key

    left join covering
        on
            contract_states.account_id = covering.account_id
            and contract_states.contract_key = covering.contract_key
            and contract_currencies.currency = covering.currency
            and contract_states.month = covering.month

    left join late_sums
        on
            contract_states.account_id = late_sums.account_id
            and contract_states.contract_key = late_sums.contract_key
            and contract_currencies.currency = late_sums.currency
            and contract_states.month = late_sums.month

    window contract_month as (
        partition by
            contract_states.account_id, contract_states.contract_key, contract_states.month
    )

),

-- null means a missing invoice, to be carried forward; zero means that nothing recurring is in
-- force
measured as (

    select
        placed.*,
        case
            when is_over then 0
            when line_count > 0 then amount
            when not is_active then 0
        end as measured_amount,
        lag(line_count, 1, 0) over (
            partition by account_id, contract_key, currency
            order by month
        ) as previous_line_count,
        lag(amount, 1, 0) over (
            partition by account_id, contract_key, currency
            order by month
        ) as previous_amount,
        lag(is_over, 1, false) over (
            partition by account_id, contract_key, currency
            order by month
        ) as was_over

    from placed

),

carried as (

    select
        measured.*,
        cast(
            coalesce(
                last_value(measured_amount ignore nulls) over (
                    partition by account_id, contract_key, currency
                    order by month
                    rows between unbounded preceding and current row
                ),
                0
            ) as decimal(38, 12)
        ) as closing_amount

    from measured

),

opened as (

    select
        carried.*,
        lag(closing_amount, 1, 0) over (
            partition by account_id, contract_key, currency
            order by month
        ) as opening_amount

    from carried

),

-- both ends as known when the month closed; without an invoice by then, the previous month was
-- carried forward
known_openings as (

    select
        opened.*,
        case
            when late_opening_amount = 0 and late_opening_line_count = 0 then opening_amount
            when was_over then opening_amount
            when previous_line_count + late_opening_line_count > 0
                then previous_amount + late_opening_amount
            else opening_amount
        end as known_opening_amount

    from opened

),

known_closings as (

    select
        known_openings.*,
        case
            when late_closing_amount = 0 and late_closing_line_count = 0 then closing_amount
            when is_over then closing_amount
            when line_count + late_closing_line_count > 0 then amount + late_closing_amount
            when is_active then known_opening_amount
            else 0
        end as known_closing_amount

    from known_openings

),

finished as (

    select
        account_id,
        contract_key,
        currency,
        month,
        is_provisional,
        is_active,
        is_over,
        measured_amount is null and closing_amount <> 0 as is_carried_forward,
        cast(closing_amount as decimal(38, 12)) as closing_amount,
        cast(known_opening_amount as decimal(38, 12)) as known_opening_amount,
        cast(known_closing_amount as decimal(38, 12)) as known_closing_amount

    from known_closings

)

select * from finished
