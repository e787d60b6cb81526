"""When accounts can move to a proposal: the renewal calendar, the waves, and who stays behind."""

from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot

# MRR of the last closed month stands beside each account, once for all its currencies
ACCOUNTS = """
    with

    latest as (

        select account_id, sum(closing_reporting) as mrr
        from marts.fct_mrr_movements
        where
            version = 'subscription'
            and month = (select last_closed_month from marts.dim_settings)
        group by account_id

    ),

    planned as (

        select waves.*, latest.mrr
        from marts.fct_rollout_waves as waves
        left join latest on waves.account_id = latest.account_id
        where
            waves.scenario_id = $scenario_id
            and waves.approach = $approach

    )
"""


def proposed_approach(snapshot: Snapshot, scenario_id: str, segment: str) -> str | None:
    """The approach that scenarios.csv names for most accounts of the segment."""
    found = first(
        snapshot.read(
            """
            select approach, count(*) as accounts
            from marts.fct_rollout_waves
            where scenario_id = $scenario_id and segment = $segment and is_proposed
            group by approach
            order by accounts desc, approach
            """,
            scenario_id=scenario_id,
            segment=segment,
        )
    )
    return str(found["approach"]) if found else None


def calendar(snapshot: Snapshot, scenario_id: str, approach: str, segment: str) -> Table:
    """One row per month, segment and status: accounts that move then, or that a contract frees."""
    return snapshot.read(
        f"""
        {ACCOUNTS}

        select
            strftime(coalesce(wave_month, unlocks_on), '%Y-%m') as month,
            segment,
            status,
            count(*) as accounts,
            sum(mrr) as mrr
        from planned
        where
            status in ('in_wave', 'locked')
            and segment <> 'all'
            and (segment = $segment or $segment = 'all')
        group by all
        order by month, segment, status
        """,
        approach=approach,
        scenario_id=scenario_id,
        segment=segment,
    )


def waves(snapshot: Snapshot, scenario_id: str, approach: str, segment: str) -> Table:
    """One row per wave: its accounts, their MRR, and what their bills change a month."""
    return snapshot.read(
        f"""
        {ACCOUNTS}

        select
            wave,
            strftime(wave_month, '%Y-%m') as month,
            count(*) as accounts,
            sum(mrr) as mrr,
            sum(monthly_increase_reporting) as monthly_change,
            sum(sum(monthly_increase_reporting)) over (order by wave) as monthly_change_so_far,
            count(*) filter (where is_shock) as shocked,
            count(*) filter (where monthly_increase_reporting is null) as not_comparable
        from planned
        where segment = $segment and status = 'in_wave'
        group by wave, wave_month
        order by wave
        """,
        approach=approach,
        scenario_id=scenario_id,
        segment=segment,
    )


def accounts(snapshot: Snapshot, scenario_id: str, approach: str, segment: str) -> Table:
    """One row per account of the proposal: wave by wave, the easiest bill first; then the rest."""
    return snapshot.read(
        f"""
        {ACCOUNTS}

        select
            planned.wave,
            planned.place_in_wave,
            planned.account_id,
            accounts.account_name,
            accounts.segment,
            planned.status,
            planned.reason,
            planned.moves_on,
            planned.unlocks_on,
            planned.mrr,
            planned.difference_ratio,
            planned.monthly_increase_reporting,
            planned.is_shock,
            planned.sentence
        from planned
        left join marts.dim_accounts as accounts on planned.account_id = accounts.account_id
        where planned.segment = $segment
        order by
            array_position(['in_wave', 'locked', 'left_out'], planned.status),
            planned.wave, planned.place_in_wave, planned.unlocks_on, planned.account_id
        """,
        approach=approach,
        scenario_id=scenario_id,
        segment=segment,
    )


def behind(snapshot: Snapshot, scenario_id: str, approach: str, segment: str) -> Table:
    """One row per reason that keeps accounts out of the waves, with their MRR."""
    return snapshot.read(
        f"""
        {ACCOUNTS}

        select
            status, reason, count(*) as accounts, sum(mrr) as mrr,
            min(unlocks_on) as first_unlocks_on, max(unlocks_on) as last_unlocks_on
        from planned
        where segment = $segment and status <> 'in_wave'
        group by status, reason
        order by status = 'left_out', accounts desc, reason
        """,
        approach=approach,
        scenario_id=scenario_id,
        segment=segment,
    )


def exceptions(snapshot: Snapshot, segment: str) -> Table:
    """One row per price or discount that holds at the as-of for an account of its own."""
    return snapshot.read(
        """
        with

        holding as (

            select
                account_id, 'negotiated price' as kind, charge_id as what, unit_amount,
                discount_ratio as ratio, null as amount, valid_from, valid_to, approved_by
            from reference.contract_prices

            union all

            select
                scope_id as account_id, 'discount' as kind, discount_id as what, null, ratio,
                amount, valid_from, valid_to, approved_by
            from reference.discounts
            where scope = 'account'

        )

        select
            holding.account_id, accounts.account_name, accounts.segment, holding.kind,
            holding.what, holding.unit_amount, holding.ratio, holding.amount,
            holding.valid_from, holding.valid_to, holding.approved_by
        from holding
        inner join marts.dim_accounts as accounts on holding.account_id = accounts.account_id
        cross join marts.dim_settings as settings
        where
            accounts.is_active
            and (accounts.segment = $segment or $segment = 'all')
            and holding.valid_from <= settings.as_of
            and (holding.valid_to is null or holding.valid_to > settings.as_of)
        order by holding.valid_to nulls last, holding.account_id, holding.kind, holding.what
        """,
        segment=segment,
    )


def locked(snapshot: Snapshot, scenario_id: str, approach: str, segment: str) -> Row:
    """How many accounts a contract locks, and how many are left out."""
    return first(
        snapshot.read(
            """
                select
                    count(*) filter (where status = 'locked') as locked,
                    count(*) filter (where status = 'left_out') as left_out
                from marts.fct_rollout_waves
                where
                    scenario_id = $scenario_id and approach = $approach and segment = $segment
                """,
            approach=approach,
            scenario_id=scenario_id,
            segment=segment,
        )
    ) or {"locked": 0, "left_out": 0}
