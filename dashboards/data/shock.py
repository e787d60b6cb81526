"""Bills that surprised, and bills that would."""

from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot

INVOICED = "invoiced"


def latest_month(snapshot: Snapshot) -> str | None:
    """The latest month whose real bills are all closed, as 2026-10."""
    row = first(
        snapshot.read(
            """
            select strftime(max(month), '%Y-%m') as month
            from marts.fct_bill_shock_rates
            where not is_provisional and scenario_id = 'invoiced'
            """
        )
    )
    return row["month"] if row else None


def rates(snapshot: Snapshot, scenario_id: str) -> Table:
    """One row per segment and closed month of the last twelve."""
    return snapshot.read(
        """
        select
            segment, strftime(month, '%Y-%m') as month, bills, baseline_bills, jumps, shocks,
            jump_rate, shock_rate
        from marts.fct_bill_shock_rates
        where
            scenario_id = $scenario_id
            and not is_provisional
            and month > (
                select max(month) - interval 12 month
                from marts.fct_bill_shock_rates where not is_provisional
            )
        order by segment = 'all', segment, month
        """,
        scenario_id=scenario_id,
    )


def by_model(snapshot: Snapshot, segment: str) -> Table:
    """One row per model: bills, jumps and shocks of the last twelve closed months."""
    return snapshot.read(
        """
        select
            scenario_id, sum(baseline_bills) as baseline_bills, sum(jumps) as jumps,
            sum(shocks) as shocks
        from marts.fct_bill_shock_rates
        where
            segment = $segment
            and not is_provisional
            and month > (
                select max(month) - interval 12 month
                from marts.fct_bill_shock_rates where not is_provisional
            )
        group by scenario_id
        order by array_position(['invoiced', 'current'], scenario_id) nulls last, scenario_id
        """,
        segment=segment,
    )


def migration(snapshot: Snapshot) -> Table:
    """One row per proposal and segment: share of accounts with migration shock, with interval."""
    return snapshot.read(
        """
        select
            scenario_id, scenario_name, segment, accounts, shock_share, shock_share_low,
            shock_share_high
        from marts.fct_segment_scenarios
        where month = (select max(month) from marts.fct_segment_scenarios)
        order by scenario_id, segment = 'all', segment
        """
    )


def at_risk(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per account that the proposal would shock, the largest monthly rise first."""
    return snapshot.read(
        """
        select
            shock.account_id,
            accounts.account_name,
            shock.segment,
            shock.current_reporting,
            shock.proposed_reporting,
            shock.monthly_increase_reporting,
            shock.difference_ratio,
            accounts.renewal_date
        from marts.fct_migration_shock as shock
        left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
        where
            shock.scenario_id = $scenario_id
            and shock.is_shock
            and (shock.segment = $segment or $segment = 'all')
        order by shock.monthly_increase_reporting desc nulls last, shock.account_id
        """,
        scenario_id=scenario_id,
        segment=segment,
    )


def rises(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per jump of the last twelve closed months, the latest and largest first."""
    return snapshot.read(
        """
        select
            strftime(shock.month, '%Y-%m') as month,
            shock.account_id,
            accounts.account_name,
            shock.segment,
            shock.currency,
            shock.bill,
            shock.baseline,
            shock.increase_amount,
            shock.increase_ratio,
            shock.explained_amount,
            shock.is_shock
        from marts.fct_bill_shock as shock
        left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
        where
            shock.scenario_id = $scenario_id
            and shock.is_jump
            and not shock.is_provisional
            and (shock.segment = $segment or $segment = 'all')
            and shock.month > (
                select max(month) - interval 12 month
                from marts.fct_bill_shock_rates where not is_provisional
            )
        order by shock.month desc, shock.increase_reporting desc nulls last, shock.account_id
        """,
        scenario_id=scenario_id,
        segment=segment,
    )


def rate_of(snapshot: Snapshot, scenario_id: str, segment: str) -> Row | None:
    """The latest closed month's counts and rates of one segment."""
    return first(
        snapshot.read(
            """
            select *
            from marts.fct_bill_shock_rates
            where scenario_id = $scenario_id and segment = $segment and not is_provisional
            order by month desc
            """,
            scenario_id=scenario_id,
            segment=segment,
        )
    )
