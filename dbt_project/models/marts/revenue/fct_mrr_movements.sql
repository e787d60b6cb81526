with

account_mrr as (

    select * from {{ ref('int_account_mrr') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

month_rates as (

    select * from {{ ref('int_month_rates') }}

),

-- what became known after the close is separate from what the account did
restated as (

    select
        account_mrr.*,
        (closing - opening) - (known_closing - known_opening) as restatement,
        month_rates.rate,
        rates_before.rate as rate_before

    from account_mrr

    left join month_rates
        on
            account_mrr.currency = month_rates.currency
            and account_mrr.month = month_rates.month

    left join month_rates as rates_before
        on
            account_mrr.currency = rates_before.currency
            and {{ add_months('account_mrr.month', '-1') }} = rates_before.month

),

-- an account changes currency in a month in which one currency ends and another begins
switches as (

    select
        restated.*,
        opening > 0 and closing = 0 as is_left,
        opening = 0 and closing > 0 as is_entered,
        sum(case when opening > 0 and closing = 0 then 1 else 0 end) over account_month
            as left_count,
        sum(case when opening = 0 and closing > 0 then 1 else 0 end) over account_month
            as entered_count,
        sum(greatest(opening, 0)) over account_month as account_opening,
        row_number() over (
            partition by account_id, month, version
            order by opening = 0 and closing > 0 desc, closing desc, currency asc
        ) as entered_rank,
        cast(
            sum(
                case
                    when opening > 0 and closing = 0
                        then {{ converted_money('opening', 'rate') }}
                end
            ) over account_month as decimal(18, 4)
        ) as left_reporting,
        sum(case when opening > 0 and closing = 0 and rate is null then 1 else 0 end)
            over account_month as left_without_rate,
        min(case when closing > 0 then month end) over (partition by account_id, version)
            as first_month

    from restated

    window account_month as (partition by account_id, month, version)

),

-- the amount in the old currency is converted to the new one at the month's rates; without rates,
-- the whole new amount counts
currency_effects as (

    select
        switches.*,
        case
            when left_count = 0 or entered_count = 0 then 0
            when is_left then closing - opening - restatement
            when not is_entered or entered_rank > 1 then 0
            when rate is null or left_without_rate > 0 then closing - opening - restatement
            else {{ round_money(
                exact_ratio(
                    'left_reporting', 'cast(1000000000 as bigint)',
                    'cast(cast(rate as decimal(38, 9)) * 1000000000 as bigint)'
                ),
                'minor_units'
            ) }}
        end as currency_effect

    from switches

),

remaining as (

    select
        currency_effects.*,
        closing - opening - restatement - currency_effect as movement,
        left_count > 0 and entered_count > 0 as is_switched

    from currency_effects

),

-- each remaining movement has one name; churn only if the last contract has ended
named as (

    select
        remaining.*,
        case
            when movement = 0 then 'none'
            when is_switched and movement > 0 then 'expansion'
            when is_switched then 'contraction'
            when opening > 0 and closing = 0 and not is_active then 'churn'
            when account_opening = 0 and closing > 0 and first_month < month
                then 'reactivation'
            when account_opening = 0 and closing > 0 then 'new'
            when movement > 0 then 'expansion'
            else 'contraction'
        end as movement_name

    from remaining

),

-- the parts in the reporting currency add up as well: the last non-zero part absorbs the rounding
-- difference
converted as (

    select
        named.*,
        {{ converted_money('opening', 'rate_before') }} as previous_closing_reporting,
        {{ converted_money('opening', 'rate') }} as opening_reporting,
        {{ converted_money('closing', 'rate') }} as closing_reporting,
        case
            when movement <> 0 or currency_effect <> 0
                then {{ converted_money('restatement', 'rate') }}
            else {{ converted_money('closing', 'rate') }} - {{ converted_money('opening', 'rate') }}
        end as restatement_reporting

    from named

),

balanced as (

    select
        converted.*,
        case
            when movement <> 0 then {{ converted_money('currency_effect', 'rate') }}
            else closing_reporting - opening_reporting - restatement_reporting
        end as currency_effect_reporting

    from converted

),

moved as (

    select
        balanced.*,
        closing_reporting - opening_reporting - restatement_reporting
        - currency_effect_reporting as movement_reporting

    from balanced

),

movements as (

    select
        moved.account_id,
        moved.month,
        moved.currency,
        moved.version,
        accounts.segment,
        cast(moved.opening as decimal(18, 4)) as opening,
        {{ named_movement('new') }},
        {{ named_movement('expansion') }},
        {{ named_movement('contraction') }},
        {{ named_movement('churn') }},
        {{ named_movement('reactivation') }},
        cast(moved.currency_effect as decimal(18, 4)) as currency_effect,
        cast(moved.restatement as decimal(18, 4)) as restatement,
        cast(moved.closing as decimal(18, 4)) as closing,
        cast(moved.closing_reporting as decimal(18, 4)) as closing_reporting,
        cast(moved.opening_reporting as decimal(18, 4)) as opening_reporting,
        cast(moved.previous_closing_reporting as decimal(18, 4)) as previous_closing_reporting,
        {{ named_movement_reporting('new') }},
        {{ named_movement_reporting('expansion') }},
        {{ named_movement_reporting('contraction') }},
        {{ named_movement_reporting('churn') }},
        {{ named_movement_reporting('reactivation') }},
        cast(moved.currency_effect_reporting as decimal(18, 4)) as currency_effect_reporting,
        cast(moved.restatement_reporting as decimal(18, 4)) as restatement_reporting,
        moved.is_carried_forward,
        moved.is_provisional,
        case when moved.closing_reporting is null then 'no exchange rate in force' end as reason

    from moved

    inner join accounts
        on moved.account_id = accounts.account_id

    where
        moved.opening <> 0
        or moved.closing <> 0
        or moved.restatement <> 0
        or moved.currency_effect <> 0

)

select * from movements
