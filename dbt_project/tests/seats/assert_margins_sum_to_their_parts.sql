-- A row is an account and month whose margin is not its revenue minus its cost, or has a value
-- without both.
select
    account_id,
    month,
    revenue,
    cost,
    margin,
    reason

from {{ ref('fct_margins') }}

where
    margin <> revenue - cost
    or (margin is null) <> (revenue is null or cost is null)
    or (margin is null) <> (reason is not null)
