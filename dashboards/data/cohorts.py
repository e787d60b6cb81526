"""Retention by cohort, and the movements of MRR."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from dashboards.data.facts import EVERYONE, sliced
from dashboards.data.tables import Row, Table, table_of
from dashboards.data.warehouse import Snapshot

MEASURES = {"NRR": "nrr", "GRR": "grr", "Logos": "logo_retention"}
# what is left of a cohort by each measure, in money or accounts
RETAINED = {
    "nrr": "mrr_retained",
    "grr": "mrr_retained_capped",
    "logo_retention": "accounts_retained",
}
MOVEMENTS = (
    "revaluation",
    "entering",
    "leaving",
    "new",
    "expansion",
    "reactivation",
    "contraction",
    "churn",
    "currency_effect",
    "restatement",
)


def triangle(
    snapshot: Snapshot,
    segment: str,
    version: str,
    granularity: str,
    begun: tuple[str | None, str | None] = (None, None),
    currency: str = EVERYONE,
) -> Table:
    """One row per cohort and age, in months or quarters: the three retentions with their parts.

    begun: the first and last month in which a cohort may have started, written as 2026-10.
    The last rows, of the cohort `average`, weight all mature cohorts by their initial size.
    """
    return snapshot.read(
        "cohorts/triangle",
        first=begun[0],
        granularity=granularity,
        last=begun[1],
        version=version,
        **sliced(segment, currency),
    )


def cell(
    snapshot: Snapshot,
    segment: str,
    version: str,
    granularity: str,
    cohort: str,
    age: int,
    currency: str = EVERYONE,
) -> Table:
    """One row per account of a cell of the triangle, the largest change first."""
    return snapshot.read(
        "cohorts/cell",
        age=age * (1 if granularity == "month" else 3),
        cohort=cohort,
        currency=currency,
        granularity=granularity,
        segment=segment,
        version=version,
    )


def mrr_by_account(
    snapshot: Snapshot,
    segment: str,
    version: str,
    months: Sequence[str],
    currency: str = EVERYONE,
) -> Table:
    """One row per account that had MRR in one of the months, and a column per month.

    At each month's rate, as the movements; using each account's current segment and currency.
    """
    found = snapshot.read(
        "cohorts/mrr_by_account",
        currency=currency,
        months=list(months),
        segment=segment,
        version=version,
    )
    # the query lists the months in order, because SQL cannot name columns after values
    listed = found.column("mrr")
    for place, month in enumerate(months):
        found = found.append_column(month, pc.list_element(listed, place))
    return found.drop_columns("mrr")


def roll_forward(moved: Sequence[Row], names: Mapping[str, str]) -> Table:
    """One row per line from opening to closing, and a column per month, the oldest first.

    moved: rows of `movements`, latest first. names: the label of each of its columns.
    """
    by_month = [(str(row["month"]), row) for row in reversed(moved)]
    return table_of(
        [
            {"line": name, **{month: row[column] for month, row in by_month}}
            for column, name in names.items()
        ],
        [("line", pa.string()), *((month, pa.decimal128(38, 4)) for month, _ in by_month)],
    )


def trailing(snapshot: Snapshot, segment: str, version: str, currency: str = EVERYONE) -> Table:
    """One row per closed month with twelve-month retention, oldest first."""
    return snapshot.read(
        "cohorts/trailing",
        suffix="" if version == "subscription" else "_with_usage",
        **sliced(segment, currency),
    )


def movements(snapshot: Snapshot, segment: str, version: str, currency: str = EVERYONE) -> Table:
    """One row per closed month, reporting currency at the month's rate, with account counts.

    The previous closing plus every movement gives the closing. Also revenue per account of the
    month, or why it is not known.
    """
    return snapshot.read(
        "cohorts/movements",
        currency=currency,
        segment=segment,
        version=version,
        **sliced(segment, currency),
    )
