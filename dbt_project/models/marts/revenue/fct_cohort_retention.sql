-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as date) as cohort_month,
    cast(null as integer) as age_months,
    cast(null as varchar) as segment,
    cast(null as varchar) as version,
    cast(null as bigint) as accounts_start,
    cast(null as bigint) as accounts_retained,
    cast(null as decimal(38, 4)) as mrr_start,
    cast(null as decimal(38, 4)) as mrr_retained,
    cast(null as decimal(38, 4)) as mrr_retained_capped,
    cast(null as decimal(38, 4)) as mrr_expansion,
    cast(null as decimal(18, 6)) as nrr,
    cast(null as decimal(18, 6)) as grr,
    cast(null as decimal(18, 6)) as logo_retention,
    cast(null as boolean) as is_mature
where false
