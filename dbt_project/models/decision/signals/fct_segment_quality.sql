with

segment_quality as (

    select * from {{ ref('int_segment_quality') }}

),

published as (

    select
        segment,
        month,
        cast(active_accounts as bigint) as active_accounts,
        cast(mrr as decimal(38, 4)) as mrr,
        cast(invoiced_share as decimal(18, 6)) as invoiced_share,
        cast(coverage as decimal(18, 6)) as coverage,
        cast(accuracy as decimal(18, 6)) as accuracy,
        cast(loaded_share as decimal(18, 6)) as loaded_share

    from segment_quality

)

select * from published
