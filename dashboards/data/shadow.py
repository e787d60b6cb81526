"""What a proposal would bill, in total, by band, by account and by cause."""

from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot

BANDS = (
    "<=-50",
    "-50..-25",
    "-25..-10",
    "-10..-2",
    "-2..2",
    "2..10",
    "10..25",
    "25..50",
    ">50",
)


def effect(snapshot: Snapshot, scenario_id: str, segment: str) -> Row | None:
    """The proposal's effect on the segment over the trailing closed months."""
    return first(
        snapshot.read(
            """
            select *
            from marts.fct_segment_scenarios
            where scenario_id = $scenario_id and segment = $segment
            order by month desc
            """,
            scenario_id=scenario_id,
            segment=segment,
        )
    )


def by_month(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per month of the last twelve in which anchor months closed: both models' totals."""
    return snapshot.read(
        """
        select
            strftime(period_end - interval 1 day, '%Y-%m') as month,
            sum(current_amount_reporting) as current_amount,
            sum(amount_reporting) as proposed_amount,
            count(*) as accounts
        from marts.fct_shadow_bills
        where
            scenario_id = $scenario_id
            and difference_reporting is not null
            and not is_provisional
            and (segment = $segment or $segment = 'all')
            and period_end - interval 1 day
            >= (select last_closed_month - interval 11 month from marts.dim_settings)
            and period_end - interval 1 day
            < (select last_closed_month + interval 1 month from marts.dim_settings)
        group by all
        order by month
        """,
        scenario_id=scenario_id,
        segment=segment,
    )


def bands(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per band of change, empty ones included: accounts and their current revenue."""
    return snapshot.read(
        """
        with

        named as (

            select unnest($bands) as band, unnest(range(len($bands))) as position

        ),

        counted as (

            select
                change_band,
                count(*) as accounts,
                sum(current_reporting) as current_amount,
                sum(proposed_reporting) as proposed_amount
            from marts.fct_migration_shock
            where
                scenario_id = $scenario_id and (segment = $segment or $segment = 'all')
            group by change_band

        )

        select
            named.position,
            named.band,
            coalesce(counted.accounts, 0) as accounts,
            coalesce(counted.current_amount, 0) as current_amount,
            coalesce(counted.proposed_amount, 0) as proposed_amount
        from named
        left join counted on named.band = counted.change_band
        order by named.position
        """,
        scenario_id=scenario_id,
        segment=segment,
        bands=list(BANDS),
    )


def without_band(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per reason: accounts whose bills could not be compared."""
    return snapshot.read(
        """
        select coalesce(reason, 'no_change_ratio') as reason, count(*) as accounts
        from marts.fct_migration_shock
        where
            scenario_id = $scenario_id
            and change_band = 'n/a'
            and (segment = $segment or $segment = 'all')
        group by all
        order by accounts desc, reason
        """,
        scenario_id=scenario_id,
        segment=segment,
    )


def movers(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per account that both models could rate, the largest rise in money first."""
    return snapshot.read(
        """
        select
            shock.account_id,
            accounts.account_name,
            shock.segment,
            shock.months,
            shock.current_reporting,
            shock.proposed_reporting,
            shock.monthly_increase_reporting,
            shock.difference_ratio,
            shock.is_shock,
            accounts.renewal_date
        from marts.fct_migration_shock as shock
        left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
        where
            shock.scenario_id = $scenario_id
            and shock.monthly_increase_reporting is not null
            and (shock.segment = $segment or $segment = 'all')
        order by shock.monthly_increase_reporting desc, shock.account_id
        """,
        scenario_id=scenario_id,
        segment=segment,
    )


def causes(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per cause that bills anything, the largest fall first, reporting currency."""
    return snapshot.read(
        """
        select cause, accounts, current_reporting, proposed_reporting, difference_reporting
        from marts.fct_segment_causes
        where
            scenario_id = $scenario_id
            and segment = $segment
            and (current_reporting <> 0 or proposed_reporting <> 0)
        order by difference_reporting, cause
        """,
        scenario_id=scenario_id,
        segment=segment,
    )
