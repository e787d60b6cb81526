with

movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

-- whoever paid a year before, at that month's rate; a negative MRR counts as none
starts as (

    select
        movements.account_id,
        movements.version,
        movements.segment,
        movements.month as start_month,
        {{ add_months('movements.month', '12') }} as month,
        cast(
            sum({{ converted_money('movements.closing', 'month_rates.rate') }}) as decimal(38, 4)
        ) as mrr_start

    from movements

    inner join month_rates
        on
            movements.currency = month_rates.currency
            and movements.month = month_rates.month

    where movements.closing > 0

    group by
        movements.account_id,
        movements.version,
        movements.segment,
        movements.month

),

-- months that the movements reach at all: an account without a row there has no MRR left
reached as (

    select
        version,
        month,
        cast(max(cast(is_provisional as integer)) as boolean) as is_provisional

    from movements

    group by version, month

),

-- what the same accounts pay now, still at the rate of a year before
ends as (

    select
        starts.account_id,
        starts.version,
        starts.month,
        cast(
            sum(
                case
                    when movements.closing > 0
                        then {{ converted_money('movements.closing', 'month_rates.rate') }}
                    else 0
                end
            ) as decimal(38, 4)
        ) as mrr_end

    from starts

    inner join movements
        on
            starts.account_id = movements.account_id
            and starts.version = movements.version
            and starts.month = movements.month

    inner join month_rates
        on
            movements.currency = month_rates.currency
            and starts.start_month = month_rates.month

    group by
        starts.account_id,
        starts.version,
        starts.month

),

paired as (

    select
        segments.segment,
        starts.version,
        starts.month,
        reached.is_provisional,
        starts.mrr_start,
        coalesce(ends.mrr_end, 0) as mrr_end

    from starts

    inner join segments
        on segments.segment in ('all', starts.segment)

    inner join reached
        on starts.version = reached.version and starts.month = reached.month

    left join ends
        on
            starts.account_id = ends.account_id
            and starts.version = ends.version
            and starts.month = ends.month

),

summed as (

    select
        segment,
        month,
        version,
        count(*) as accounts_start,
        count(case when mrr_end > 0 then 1 end) as accounts_retained,
        cast(sum(mrr_start) as decimal(38, 4)) as mrr_start,
        cast(sum(mrr_end) as decimal(38, 4)) as mrr_retained,
        cast(sum(case when mrr_end < mrr_start then mrr_end else mrr_start end) as decimal(38, 4))
            as mrr_retained_capped,
        is_provisional

    from paired

    group by segment, month, version, is_provisional

),

rated as (

    select
        segment,
        month,
        version,
        accounts_start,
        accounts_retained,
        mrr_start,
        mrr_retained,
        mrr_retained_capped,
        {{ ratio('mrr_retained', 'mrr_start') }} as nrr,
        {{ ratio('mrr_retained_capped', 'mrr_start') }} as grr,
        {{ ratio('accounts_retained', 'accounts_start') }} as logo_retention,
        is_provisional

    from summed

)

select * from rated
