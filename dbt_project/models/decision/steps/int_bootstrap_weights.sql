with

accounts as (

    select * from {{ ref('int_accounts') }}

),

draws as (

    select span.n
    from ({{ numbers_below(200) }}) as span

),

hashed as (

    select
        accounts.account_id,
        draws.n + 1 as draw,
        {{ md5_bits("accounts.account_id || '|' || cast(draws.n + 1 as varchar)") }} as bits

    from accounts

    cross join draws

),

weighted as (

    select
        account_id,
        cast(draw as smallint) as draw,
        cast({{ poisson_weight('bits') }} as smallint) as weight

    from hashed

)

select * from weighted
