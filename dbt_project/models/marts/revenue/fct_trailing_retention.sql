with

trailing_accounts as (

    select * from {{ ref('int_trailing_accounts') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

limits as (

    select max(fires_at) as least_accounts
    from thresholds
    where segment = 'all' and name = 'small_cell_accounts'

),

paired as (

    select
        segments.segment,
        trailing_accounts.version,
        trailing_accounts.month,
        trailing_accounts.is_provisional,
        trailing_accounts.mrr_start,
        trailing_accounts.mrr_end

    from trailing_accounts

    inner join accounts
        on trailing_accounts.account_id = accounts.account_id

    inner join segments
        on segments.segment in ('all', accounts.segment)

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
        coalesce(accounts_start < least_accounts, false) as is_small,
        is_provisional

    from summed

    cross join limits

)

select * from rated
