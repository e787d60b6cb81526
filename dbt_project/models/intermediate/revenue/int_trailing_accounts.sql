with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

month_closes as (

    select * from {{ ref('int_month_closes') }}

),

-- accounts that paid a year before, at that month's rate; negative MRR counts as none
starts as (

    select
        account_mrr.account_id,
        account_mrr.version,
        account_mrr.month as start_month,
        {{ add_months('account_mrr.month', '12') }} as month,
        cast(
            sum({{ converted_money('account_mrr.closing', 'month_rates.rate') }}) as decimal(38, 4)
        ) as mrr_start

    from account_mrr

    inner join month_rates
        on
            account_mrr.currency = month_rates.currency
            and account_mrr.month = month_rates.month

    where account_mrr.closing > 0

    group by
        account_mrr.account_id,
        account_mrr.version,
        account_mrr.month

),

-- the same accounts' MRR now, still at the rate of a year before
ends as (

    select
        starts.account_id,
        starts.version,
        starts.month,
        cast(
            sum(
                case
                    when account_mrr.closing > 0
                        then {{ converted_money('account_mrr.closing', 'month_rates.rate') }}
                    else 0
                end
            ) as decimal(38, 4)
        ) as mrr_end

    from starts

    inner join account_mrr
        on
            starts.account_id = account_mrr.account_id
            and starts.version = account_mrr.version
            and starts.month = account_mrr.month

    inner join month_rates
        on
            account_mrr.currency = month_rates.currency
            and starts.start_month = month_rates.month

    group by
        starts.account_id,
        starts.version,
        starts.month

),

-- an account without a row at the end has no MRR left
paired as (

    select
        starts.account_id,
        starts.version,
        starts.month,
        month_closes.is_provisional,
        starts.mrr_start,
        cast(coalesce(ends.mrr_end, 0) as decimal(38, 4)) as mrr_end

    from starts

    inner join month_closes
        on starts.month = month_closes.month

    left join ends
        on
            starts.account_id = ends.account_id
            and starts.version = ends.version
            and starts.month = ends.month

)

select * from paired
