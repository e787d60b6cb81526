with

matches as (

    select
        account_id,
        account_name,
        lower($text) in (lower(account_id), lower(account_name)) as is_it,
        starts_with(lower(account_name), lower($text)) as begins_so
    from marts.dim_accounts
    where
        contains(lower(account_name), lower($text))
        or contains(lower(account_id), lower($text))

)

select
    account_id,
    account_name,
    is_it,
    count(*) over () as found
from matches
order by is_it desc, begins_so desc, account_name asc, account_id asc
limit $most
