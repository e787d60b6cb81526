-- A row is a month of an account moved as planned whose cash differs from fct_move_cash, or is
-- missing there.
with

projected as (

    select * from {{ ref('int_projection_accounts') }}
    where assumption_case = 'middle'

),

moves as (

    select * from {{ ref('fct_move_cash') }}

),

compared as (

    select
        projected.account_id,
        projected.scenario_id,
        projected.month_ahead,
        projected.cash - today.cash as projected_change,
        moves.cash_change

    from projected

    inner join projected as today
        on
            projected.account_id = today.account_id
            and projected.month_ahead = today.month_ahead
            and today.scenario_id = 'current'

    left join moves
        on
            projected.account_id = moves.account_id
            and projected.scenario_id = moves.scenario_id
            and projected.month_ahead = moves.month_ahead
            and projected.month_ahead - projected.moves_ahead = moves.months_since_move

    where
        projected.is_moved
        and projected.uptake = 'all'
        and projected.month_ahead <= 12

)

select * from compared
where cash_change is null or cash_change <> projected_change
