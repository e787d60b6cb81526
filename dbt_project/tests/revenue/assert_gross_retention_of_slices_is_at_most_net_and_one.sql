-- a returned row has gross retention above net retention, or above 100 %
select
    granularity as figure,
    slice,
    slice_value,
    grr,
    nrr

from {{ ref('fct_cohort_slices') }}

where grr > nrr or grr > 1 or logo_retention > 1

union all

select
    'trailing' as figure,
    'segment' as slice,
    segment as slice_value,
    grr,
    nrr

from {{ ref('fct_trailing_retention') }}

where grr > nrr or grr > 1 or logo_retention > 1
