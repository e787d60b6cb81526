"""The events and price book rows of a bill line."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
from orchestration.explain.lookup import sentences, trace_line, with_usage
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.settings import load_settings

from dashboards.data.tables import Row, Table, rows, table_of
from dashboards.data.warehouse import UNREADABLE, BadSnapshot, Snapshot, home

QUANTITY = pa.decimal128(38, 6)
SEATS = [
    ("link", pa.string()),
    ("event_type", pa.string()),
    ("role", pa.string()),
    ("quantity_change", QUANTITY),
    ("effective_at", pa.timestamp("us")),
    ("recorded_at", pa.timestamp("us")),
    ("user_id", pa.string()),
    ("event_id", pa.string()),
    ("corrects_event_id", pa.string()),
    ("source_file", pa.string()),
    ("source_row", pa.int64()),
]
USAGE = [
    ("occurred_at", pa.timestamp("us")),
    ("quantity", QUANTITY),
    ("user_id", pa.string()),
    ("actor_type", pa.string()),
    ("dimension", pa.string()),
    ("outcome_status", pa.string()),
    ("reopened_at", pa.timestamp("us")),
    ("event_id", pa.string()),
    ("source_file", pa.string()),
    ("source_row", pa.int64()),
]


class CannotTrace(Exception):
    """The events cannot be shown; the message is one sentence for the reader."""


def lines(snapshot: Snapshot, account_id: str, scenario_id: str, month: str) -> list[Row]:
    """One row per line of the current and the proposed bill, in order."""
    return rows(
        snapshot.read(
            "line_sources/lines",
            account_id=account_id,
            month=month,
            scenario_id=scenario_id,
        )
    )


def events(
    snapshot: Snapshot, account_id: str, month: str, scenario_id: str, line: int
) -> tuple[Table, list[str]]:
    """The seat or usage events of one line, with sentences that explain them.

    They are read from the page's generation, even if another one is published. Raises CannotTrace
    if that generation lacks the line or cannot be read.
    """
    try:
        with snapshot.opened() as connection:
            traced = trace_line(
                connection, account=account_id, month=month, scenario=scenario_id, line=line
            )
        traced = with_usage(load_settings(home()), snapshot.build_id, traced)
    except SeatshiftError as error:
        raise CannotTrace(str(error)) from None
    except (BadSnapshot, *UNREADABLE):
        raise CannotTrace(
            "The snapshot of this page or its build cannot be read: run "
            "`seatshift refresh --full-refresh` to rebuild both."
        ) from None
    usage = traced.get("usage")
    if usage is None:
        return _table(traced["events"], SEATS), sentences(traced)
    return _table(usage["events"] or [], USAGE), sentences(traced)


def prices(snapshot: Snapshot, account_id: str, charge_id: str, price_version: str) -> Table:
    """One row per non-empty cell of the price book that priced a line.

    A version is named `charge_id @ valid_from`, with a note if a contract price replaces it.
    """
    return snapshot.read(
        "line_sources/prices",
        account_id=account_id,
        charge_id=charge_id,
        price_version=price_version,
    )


def _table(found: list[Row], schema: list[tuple[str, Any]]) -> Table:
    names = [name for name, _ in schema]
    return table_of([{name: _exact(row[name]) for name in names} for row in found], schema)


def _exact(value: Any) -> Any:
    return value.quantize(Decimal("0.000001")) if isinstance(value, Decimal) else value
