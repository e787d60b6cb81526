-- a returned row is a figure that differs between slices and segments
select
    slices.slice,
    slices.slice_value,
    slices.month,
    slices.metric,
    slices.value,
    segments.value as segment_value

from {{ ref('fct_slice_metrics') }} as slices

inner join {{ ref('fct_segment_metrics') }} as segments
    on
        slices.slice_value = segments.segment
        and slices.month = segments.month
        and slices.metric = segments.metric
        and slices.slice in ('all', 'segment')

where
    slices.value is distinct from segments.value
    and not (slices.value is null and segments.value = 0 and segments.unit <> 'ratio')
    and not (slices.value = 0 and segments.value is null)

union all

select
    slices.slice,
    slices.slice_value,
    slices.month,
    slices.metric,
    slices.value,
    retention.nrr as segment_value

from {{ ref('fct_slice_metrics') }} as slices

inner join {{ ref('fct_trailing_retention') }} as retention
    on
        slices.slice_value = retention.segment
        and slices.month = retention.month
        and slices.metric
        = case when retention.version = 'subscription' then 'nrr_12m' else 'nrr_12m_with_usage' end
        and slices.slice in ('all', 'segment')

where slices.value is distinct from retention.nrr
