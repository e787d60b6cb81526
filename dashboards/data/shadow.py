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
    """One row per closed anchor month: both models' totals over bills that both could rate."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month,
            sum(current_amount_reporting) as current_amount,
            sum(amount_reporting) as proposed_amount,
            count(*) as accounts
        from marts.fct_shadow_bills
        where
            scenario_id = $scenario_id
            and difference_reporting is not null
            and not is_provisional
            and (segment = $segment or $segment = 'all')
            and month > (
                select max(month) - interval 12 month
                from marts.fct_shadow_bills where not is_provisional
            )
        group by month
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


def currencies(snapshot: Snapshot, segment: str) -> list[str]:
    """Currencies billed in the segment, most accounts first."""
    found = snapshot.read(
        """
        select currency
        from marts.dim_accounts
        where currency is not null and (segment = $segment or $segment = 'all')
        group by currency
        order by count(*) desc, currency
        """,
        segment=segment,
    )
    listed: list[str] = found.column("currency").to_pylist()
    return listed


def causes(snapshot: Snapshot, scenario_id: str, segment: str, currency: str) -> Table:
    """One row per cause: both models' amounts over the last twelve closed months, one currency."""
    return snapshot.read(
        """
        select
            causes.cause,
            sum(causes.current_amount) as current_amount,
            sum(causes.proposed_amount) as proposed_amount,
            sum(causes.difference) as difference
        from marts.fct_shadow_bill_causes as causes
        inner join marts.fct_shadow_bills as bills
            on
                causes.account_id = bills.account_id
                and causes.month = bills.month
                and causes.scenario_id = bills.scenario_id
        where
            causes.scenario_id = $scenario_id
            and causes.currency = $currency
            and bills.difference is not null
            and not bills.is_provisional
            and (bills.segment = $segment or $segment = 'all')
            and bills.month > (
                select max(month) - interval 12 month
                from marts.fct_shadow_bills where not is_provisional
            )
        group by causes.cause
        having sum(causes.current_amount) <> 0 or sum(causes.proposed_amount) <> 0
        order by sum(causes.difference), causes.cause
        """,
        scenario_id=scenario_id,
        segment=segment,
        currency=currency,
    )
