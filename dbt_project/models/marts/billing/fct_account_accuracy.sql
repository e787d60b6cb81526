-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as varchar) as segment,
    cast(null as bigint) as line_count,
    cast(null as bigint) as matched_line_count,
    cast(null as decimal(38, 4)) as matched_amount,
    cast(null as decimal(38, 4)) as compared_amount,
    cast(null as decimal(18, 6)) as accuracy,
    cast(null as varchar) as current_basis
where false
