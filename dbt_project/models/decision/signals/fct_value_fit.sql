{% set slices = [
    ('all', "'all'"), ('segment', 'segment'), ('region', 'region'), ('plan', 'plan_id')
] %}

with

account_months as (

    select * from {{ ref('int_account_months') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

attributes as (

    select * from {{ ref('int_account_attributes') }}

),

calendar_months as (

    select * from {{ ref('int_calendar_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

-- an account that pays for seats and does no work is the case in point, so its work is 0
seated as (

    select
        account_months.account_id,
        account_months.month,
        accounts.segment,
        coalesce(accounts.region, 'unknown') as region,
        attributes.plan_id,
        account_months.billable_seats as seats,
        coalesce(account_months.work, 0) as work

    from account_months

    inner join accounts
        on account_months.account_id = accounts.account_id

    inner join attributes
        on
            account_months.account_id = attributes.account_id
            and account_months.month = attributes.month

    where account_months.billable_seats > 0

),

-- levels, and the changes of accounts that had seats three months before, too
paired as (

    select
        'level' as basis,
        month,
        segment,
        region,
        plan_id,
        cast(seats as decimal(38, 6)) as seats,
        cast(work as decimal(38, 6)) as work

    from seated

    union all

    select
        'change_3m' as basis,
        seated.month,
        seated.segment,
        seated.region,
        seated.plan_id,
        cast(seated.seats - before.seats as decimal(38, 6)) as seats,
        cast(seated.work - before.work as decimal(38, 6)) as work

    from seated

    inner join seated as before
        on
            seated.account_id = before.account_id
            and seated.month = {{ add_months('before.month', '3') }}

),

sliced as (

    {% for slice, value in slices %}

    select
        '{{ slice }}' as slice,
        {{ value }} as slice_value,
        basis,
        month,
        seats,
        work

    from paired

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

-- twice the mean rank of equals, so that ranks stay whole numbers
ranked as (

    select
        slice,
        slice_value,
        basis,
        month,
        work,
        cast(
            2 * rank() over (partition by slice, slice_value, basis, month order by seats)
            + count(*) over (partition by slice, slice_value, basis, month, seats) - 1
            as {{ whole_number_type() }}
        ) as seats_rank,
        cast(
            2 * rank() over (partition by slice, slice_value, basis, month order by work)
            + count(*) over (partition by slice, slice_value, basis, month, work) - 1
            as {{ whole_number_type() }}
        ) as work_rank

    from sliced

),

correlated as (

    select
        slice,
        slice_value,
        basis,
        month,
        count(*) as accounts,
        count(case when work <> 0 then 1 end) as working_accounts,
        {{ rank_correlation(
            'count(*)', 'sum(seats_rank)', 'sum(work_rank)',
            'sum(seats_rank * seats_rank)', 'sum(work_rank * work_rank)',
            'sum(seats_rank * work_rank)'
        ) }} as correlation

    from ranked

    group by slice, slice_value, basis, month

),

described as (

    select
        correlated.slice,
        correlated.slice_value,
        correlated.month,
        correlated.basis,
        cast(correlated.accounts as bigint) as accounts,
        case when correlated.working_accounts > 0 then correlated.correlation end
            as correlation,
        coalesce(correlated.accounts < limits.least_accounts, false) as is_small,
        calendar_months.is_provisional,
        case
            when correlated.working_accounts = 0 and correlated.basis = 'level'
                then 'no usage of ' || settings.value_meter
            when correlated.working_accounts = 0 or correlated.correlation is null
                then 'accounts do not differ in seats or work'
        end as reason

    from correlated

    inner join calendar_months
        on correlated.month = calendar_months.month

    cross join settings

    cross join limits

)

select * from described
