with

accounts as (

    select * from {{ ref('int_accounts') }}

),

reconciliation as (

    select * from {{ ref('int_invoice_reconciliation') }}

),

rated_units as (

    select distinct account_id
    from {{ ref('int_rated_units') }}
    where scenario_id = 'current'

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- a floor that starts after the as-of is not known yet
thresholds as (

    select max_by(floors.fires_at, coalesce(floors.valid_from, date '0001-01-01')) as accuracy_floor

    from {{ ref('stg_thresholds') }} as floors

    inner join settings
        on
            floors.valid_from is null
            or cast(floors.valid_from as timestamp)
            < {{ local_time('settings.as_of', 'settings.time_zone') }}

    where floors.name = 'accuracy_floor' and floors.segment is null

),

-- a minor unit of rounding is not a billing error
compared as (

    select
        account_id,
        count(*) as line_count,
        sum(case when is_matched then 1 else 0 end) as matched_line_count,
        sum(
            case
                when is_matched or reason = 'rounding'
                    then abs(coalesce(expected_amount, 0)) + abs(coalesce(invoiced_amount, 0))
                else 0
            end
        ) as matched_amount,
        sum(abs(coalesce(expected_amount, 0)) + abs(coalesce(invoiced_amount, 0)))
            as compared_amount

    from reconciliation
    group by account_id

),

measured as (

    select
        accounts.account_id,
        accounts.segment,
        coalesce(compared.line_count, 0) as line_count,
        coalesce(compared.matched_line_count, 0) as matched_line_count,
        coalesce(compared.matched_amount, 0) as matched_amount,
        coalesce(compared.compared_amount, 0) as compared_amount,
        {{ ratio('compared.matched_amount', 'compared.compared_amount') }} as accuracy,
        rated_units.account_id is not null as is_rated

    from accounts

    left join compared
        on accounts.account_id = compared.account_id

    left join rated_units
        on accounts.account_id = rated_units.account_id

),

-- an account without a plan, or whose rating does not match its invoices, uses its real invoices
based as (

    select
        measured.account_id,
        measured.segment,
        measured.line_count,
        cast(measured.matched_line_count as bigint) as matched_line_count,
        cast(measured.matched_amount as decimal(38, 4)) as matched_amount,
        cast(measured.compared_amount as decimal(38, 4)) as compared_amount,
        measured.accuracy,
        case
            when not measured.is_rated then 'invoiced'
            when measured.accuracy < thresholds.accuracy_floor then 'invoiced'
            else 'rated'
        end as current_basis

    from measured

    cross join thresholds

)

select * from based
