with

rollout_accounts as (

    select * from {{ ref('int_rollout_accounts') }}

),

shocks as (

    select * from {{ ref('fct_migration_shock') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

measured as (

    select
        rollout_accounts.*,
        shocks.difference,
        shocks.difference_ratio,
        shocks.currency,
        shocks.monthly_increase_reporting,
        shocks.is_shock,
        shocks.reason as bill_reason

    from rollout_accounts

    inner join shocks
        on
            rollout_accounts.account_id = shocks.account_id
            and rollout_accounts.scenario_id = shocks.scenario_id

),

-- three ways to begin; who pays less moves by choice, and a choice waits for no renewal
approached as (

    select
        *,
        'renewal' as approach,
        uptake = 'all' as is_proposed,
        free_on as moves_on,
        case
            when not is_active then 'churned'
            when bill_reason in ('too_few_months', 'no_rate') then lock_reason
            else coalesce(bill_reason, lock_reason)
        end as reason

    from measured

    union all

    select
        *,
        'opt_in' as approach,
        uptake = 'opt_in' as is_proposed,
        first_on as moves_on,
        case
            when not is_active then 'churned'
            when bill_reason is not null and bill_reason <> 'no_rate' then bill_reason
            when difference >= 0 then 'pays_no_less'
        end as reason

    from measured

    union all

    select
        *,
        'new_only' as approach,
        uptake = 'new_only' as is_proposed,
        started_on as moves_on,
        case
            when not is_active then 'churned'
            when starts_on is null then 'no_start'
            when started_on is null or started_on < starts_on then 'existing_customer'
            when bill_reason not in ('too_few_months', 'no_rate') then bill_reason
        end as reason

    from measured

),

judged as (

    select
        segments.segment,
        approached.account_id,
        approached.scenario_id,
        approached.approach,
        approached.is_proposed,
        approached.first_on,
        approached.moves_on,
        case
            when approached.reason is null then 'in_wave'
            when approached.reason = approached.lock_reason then 'locked'
            else 'left_out'
        end as status,
        approached.reason,
        {{ month_of('approached.moves_on') }} as move_month,
        greatest(
            {{ months_between(month_of('approached.first_on'), month_of('approached.moves_on')) }},
            0
        ) as months_until_move,
        approached.difference_ratio,
        approached.difference,
        approached.currency,
        approached.monthly_increase_reporting,
        approached.is_shock

    from approached

    inner join segments
        on segments.segment in ('all', approached.segment)

),

-- without a bill of today any rise is the steepest; a rise that is not known goes last
ordered as (

    select
        *,
        case
            when status <> 'in_wave' then null
            else
                row_number() over (
                    partition by segment, scenario_id, approach, status
                    order by
                        case
                            when difference_ratio is not null then 0
                            when difference is not null then 1
                            else 2
                        end,
                        difference_ratio asc,
                        months_until_move asc,
                        account_id asc
                )
        end as ease_place,
        case
            when status = 'in_wave'
                then
                    dense_rank() over (
                        partition by segment, scenario_id, approach, status
                        order by move_month
                    )
        end as wave

    from judged

),

numbered as (

    select
        *,
        case
            when status = 'in_wave'
                then
                    row_number() over (
                        partition by segment, scenario_id, approach, status, wave
                        order by ease_place
                    )
        end as place_in_wave,
        case
            when status = 'in_wave'
                then
                    row_number() over (
                        partition by segment, scenario_id, approach, status
                        order by wave, ease_place
                    )
        end as rollout_place

    from ordered

),

final as (

    select
        segment,
        scenario_id,
        approach,
        account_id,
        is_proposed,
        status,
        reason,
        cast(wave as integer) as wave,
        case when status = 'in_wave' then move_month end as wave_month,
        cast(place_in_wave as integer) as place_in_wave,
        cast(ease_place as integer) as ease_place,
        cast(rollout_place as integer) as rollout_place,
        case when status = 'in_wave' then moves_on end as moves_on,
        case when status = 'locked' then moves_on end as unlocks_on,
        cast(
            case when status in ('in_wave', 'locked') then months_until_move end as integer
        ) as months_until_move,
        difference_ratio,
        monthly_increase_reporting,
        is_shock,
        case
            when status = 'in_wave'
                then
                    'Wave ' || cast(wave as {{ dbt.type_string() }})
                    || ': moves on ' || cast(moves_on as {{ dbt.type_string() }})
                    || ', bill '
                    || coalesce(
                        {{ percent_text('difference_ratio', 1, signed=true) }}, 'not comparable yet'
                    ) || '.'
            when status = 'locked'
                then
                    'Locked until ' || cast(moves_on as {{ dbt.type_string() }})
                    || case reason
                        when 'price_promised'
                            then ': a negotiated price is promised past the renewal.'
                        when 'seats_committed'
                            then ': seats are committed past the first renewal.'
                        when 'other_contract' then ': another of its contracts is renewed later.'
                        when 'commitment' then ': a commitment is invoiced past the renewal.'
                        when 'paid_ahead' then ': what is invoiced runs past the renewal.'
                        else ': the contract runs more than twelve months into the rollout.'
                    end
            when reason = 'pays_no_less' then 'Stays: would not pay less.'
            when reason = 'existing_customer'
                then 'Stays: was a customer before the proposal is on sale.'
            else 'Left out: ' || replace(reason, '_', ' ') || '.'
        end as sentence

    from numbered

)

select * from final
