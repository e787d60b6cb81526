"""What every page needs to know of the snapshot: its settings, its segments, its proposals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboards.data.tables import Row, first, rows
from dashboards.data.warehouse import Snapshot

EVERYONE = "all"
# verdicts, those first that ask a reader to act
STRONGEST_FIRST = ("migrate", "pilot", "review", "hold_data", "not_yet")


@dataclass(frozen=True)
class Facts:
    """The one row of dim_settings."""

    company_name: str
    time_zone: str
    currency: str
    value_meter: str
    price_version: str
    last_closed_month: date | None


def facts(snapshot: Snapshot) -> Facts:
    row = first(snapshot.read("select * from marts.dim_settings")) or {}
    return Facts(
        company_name=row.get("company_name", ""),
        time_zone=row.get("time_zone", "UTC"),
        currency=row.get("reporting_currency", ""),
        value_meter=row.get("value_meter", ""),
        price_version=row.get("price_version", ""),
        last_closed_month=row.get("last_closed_month"),
    )


def segments(snapshot: Snapshot) -> list[str]:
    """`all` first, then the segments of the accounts by name."""
    found = snapshot.read(
        "select distinct segment from marts.dim_accounts where segment <> $all order by segment",
        all=EVERYONE,
    )
    return [EVERYONE, *(row["segment"] for row in rows(found))]


def currencies(snapshot: Snapshot) -> list[str]:
    """`all` first, then the currencies that accounts are billed in."""
    found = snapshot.read(
        """
        select distinct currency
        from marts.dim_accounts
        where currency is not null
        order by currency
        """
    )
    return [EVERYONE, *(row["currency"] for row in rows(found))]


def billed_in(account_id: str = "account_id") -> str:
    """Whether an account is billed in the currency that is asked for, which may be all of them."""
    return f"""(
                $currency = '{EVERYONE}'
                or {account_id} in (
                    select account_id from marts.dim_accounts where currency = $currency
                )
            )"""


def sliced(segment: str = EVERYONE, currency: str = EVERYONE) -> dict[str, str]:
    """The slice of a segment's accounts that are billed in a currency; either may be all."""
    if currency == EVERYONE:
        return {"slice": EVERYONE if segment == EVERYONE else "segment", "slice_value": segment}
    if segment == EVERYONE:
        return {"slice": "currency", "slice_value": currency}
    return {"slice": "segment_currency", "slice_value": f"{segment} {currency}"}


# an account's MRR at the end of the last closed month, in the reporting currency, for all the
# currencies that it is billed in; to be read as a relation
LATEST_MRR = """(
            select account_id, sum(closing_reporting) as mrr
            from marts.fct_mrr_movements
            where
                version = 'subscription'
                and month = (select last_closed_month from marts.dim_settings)
            group by account_id
        )"""
# the slices that stand side by side, each by the name that its row has; see `compared`
COMPARED = """(
            select
                unnest($names) as name, unnest($slices) as slice,
                unnest($slice_values) as slice_value
        )"""


def compared(slices: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Slices by name as the parameters of COMPARED."""
    return {
        "names": list(slices),
        "slices": [of_slice["slice"] for of_slice in slices.values()],
        "slice_values": [of_slice["slice_value"] for of_slice in slices.values()],
    }


def closed_months(snapshot: Snapshot) -> list[str]:
    """The months that are over and have figures, the oldest first, written as 2026-10."""
    found = snapshot.read(
        """
        select distinct strftime(month, '%Y-%m') as month
        from marts.fct_segment_metrics
        where not is_provisional
        order by month
        """
    )
    return [row["month"] for row in rows(found)]


def scenarios(snapshot: Snapshot) -> list[Row]:
    """The proposals, with scenario_id and scenario_name; pages show the first where none is chosen.

    First is the one that the strongest verdict names (of the most MRR where several are as strong);
    of the others those that keep the limits on all accounts come first, then the most revenue.
    """
    return rows(
        snapshot.read(
            """
            with

            named as (

                select
                    scenario_id,
                    min({'rank': array_position($order, verdict), 'mrr': -mrr_reporting})
                        as strongest
                from marts.fct_verdicts
                where
                    month = (select max(month) from marts.fct_verdicts)
                    and scenario_id is not null
                group by scenario_id

            ),

            proposed as (

                select
                    scenario_id,
                    max_by(scenario_name, month) as scenario_name,
                    max_by(keeps_limits, month) as keeps_limits,
                    max_by(revenue_change, month) as revenue_change
                from marts.fct_segment_scenarios
                where segment = $all
                group by scenario_id

            )

            select proposed.scenario_id, proposed.scenario_name
            from proposed
            left join named on proposed.scenario_id = named.scenario_id
            order by
                named.strongest nulls last,
                proposed.keeps_limits desc nulls last,
                proposed.revenue_change desc nulls last,
                proposed.scenario_id
            """,
            all=EVERYONE,
            order=list(STRONGEST_FIRST),
        )
    )


def missing_exports(snapshot: Snapshot) -> list[Row]:
    """Exports that are not there, with what stands in their place."""
    return rows(
        snapshot.read(
            "select export, reason from marts.export_status where not is_present order by export"
        )
    )
