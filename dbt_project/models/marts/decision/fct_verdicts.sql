-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as segment,
    cast(null as date) as month,
    cast(null as varchar) as verdict,
    cast(null as varchar) as scenario_id,
    cast(null as boolean) as is_trigger,
    cast(null as bigint) as accounts,
    cast(null as decimal(38, 4)) as mrr_reporting,
    cast(null as decimal(18, 6)) as revenue_change,
    cast(null as decimal(18, 6)) as revenue_change_low,
    cast(null as decimal(18, 6)) as revenue_change_high,
    cast(null as decimal(18, 6)) as shock_share,
    cast(null as varchar) as confidence,
    cast(null as varchar) as weakest_link,
    cast(null as varchar) as grade_data,
    cast(null as varchar) as grade_coverage,
    cast(null as varchar) as grade_sample,
    cast(null as varchar) as grade_assumptions,
    cast(null as varchar) as sentence,
    cast(null as varchar) as flips
where false
