with

seat_changes as (

    select * from {{ ref('int_seat_changes') }}

),

contracts as (

    select * from {{ ref('int_contracts') }}

),

-- seats that name no known contract belong to the one in force, of several to the earliest
ranked as (

    select
        seat_changes.event_id,
        seat_changes.role,
        seat_changes.account_id,
        contracts.contract_id,
        row_number() over (
            partition by seat_changes.event_id, seat_changes.role
            order by
                case
                    when contracts.subscription_id = seat_changes.subscription_id then 1
                    when
                        contracts.started_on <= seat_changes.effective_on
                        and (
                            contracts.ended_on is null
                            or contracts.ended_on > seat_changes.effective_on
                        )
                        then 2
                    else 3
                end,
                contracts.started_on,
                contracts.contract_id
        ) as contract_rank

    from seat_changes

    inner join contracts
        on seat_changes.account_id = contracts.account_id

),

described as (

    select
        event_id,
        role,
        account_id,
        contract_id

    from ranked
    where contract_rank = 1

)

select * from described
