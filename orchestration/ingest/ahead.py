"""How far in the future a row may be dated, relative to the landing of its file.

An event cannot have happened after its file was landed, and plans have an end. The landing time is
the one recorded in the ledger, so later builds need no clock.
"""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.ingest.files import Refused
from orchestration.ingest.specs import ExportSpec
from orchestration.platform.warehouse import quoted

CODE = "future_date"
# one day for a clock that is off by a day, one for local days that start before UTC's
HAPPENED_DAYS = 2
# an order or bill without recorded_at counts as known on its own date
UNRECORDED_DAYS = 366
PLANNED_YEARS = 20
# times that may be planned ahead; every other time is in the past
PLANNED: dict[str, tuple[str, ...]] = {
    "seat_events": ("effective_at",),
    "invoice_lines": ("issued_at", "period_start", "period_end"),
    "accounts": ("churned_at", "renewal_date", "trial_started_at", "trial_converted_at"),
    "subscriptions": ("started_at", "ended_at", "renewal_date"),
    "cost_rates": ("valid_from",),
    "exchange_rates": ("valid_from",),
}
# exports whose planned time also serves as recorded_at if that is empty
UNRECORDED = {"seat_events": "effective_at", "invoice_lines": "issued_at"}


def ahead_rules(
    spec: ExportSpec, times: list[str], landed_at: datetime
) -> list[tuple[str, str, str, str]]:
    """(reason code, column, condition, sentence as SQL) for the time columns that a file has."""
    planned = PLANNED.get(spec.name, ())
    rules = [
        _rule(
            name,
            landed_at,
            timedelta(days=365.25 * PLANNED_YEARS),
            f"{PLANNED_YEARS} years",
            "leave it empty if there is no end, or correct it",
        )
        if name in planned
        else _rule(
            name,
            landed_at,
            timedelta(days=HAPPENED_DAYS),
            f"{HAPPENED_DAYS} days",
            "correct it and load the file again",
        )
        for name in times
    ]
    event = UNRECORDED.get(spec.name)
    if event in times:
        code, _, condition, sentence = _rule(
            event,
            landed_at,
            timedelta(days=UNRECORDED_DAYS),
            f"{UNRECORDED_DAYS} days",
            "give the time it became known in recorded_at, or correct it",
        )
        rules.append(
            (code, f"{event}:unrecorded", f"recorded_at is null and {condition}", sentence)
        )
    return rules


def _rule(
    name: str, landed_at: datetime, within: timedelta, shown: str, advice: str
) -> tuple[str, str, str, str]:
    limit = (landed_at + within).isoformat(sep=" ")
    return (
        CODE,
        name,
        f"{name} > timestamp '{limit}'",
        f"'{name} is ' || {name} || ', more than {shown} after {landed_at:%Y-%m-%d}, when "
        f"the file was landed; {advice}.'",
    )


def refuse_mostly_ahead(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, folder: Path, held: Path
) -> None:
    """Reject the file if more than half of its rows are dated in the future.

    In that case the clock is more likely to be wrong than the file. The next refresh reads a
    rejected file again, but not a quarantined row.
    """
    if not held.is_dir():
        return
    planned = ", ".join(quoted(f"{CODE}:{name}") for name in PLANNED.get(spec.name, ("",)))
    row = connection.execute(
        f"""
        select
            (
                select count(*) from read_parquet({quoted(str(held / "*.parquet"))})
                where starts_with(_problem, '{CODE}:') and _problem not in ({planned})
            ),
            (select count(*) from read_parquet({quoted(str(folder / "*" / "*.parquet"))}))
        """
    ).fetchone()
    ahead, total = row or (0, 0)
    if 2 * ahead > total:
        raise Refused(
            f"{ahead:,} of its {total:,} rows are dated more than {HAPPENED_DAYS} days ahead of "
            "this computer's clock; set the clock if it is wrong, otherwise correct the dates and "
            "load the file again."
        )
