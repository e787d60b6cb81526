-- STUB: replaced by its owner; holds the contract until then
select
    cast(null as varchar) as account_id,
    cast(null as varchar) as user_id,
    cast(null as date) as activity_date
where false
