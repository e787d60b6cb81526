"""How far ahead of its landing a row may be dated.

Nothing can have happened after the file that says so was landed, and what is planned ends
somewhere. The moment of landing is the one that the ledger keeps, so no later build asks a clock.
"""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.ingest.files import Refused
from orchestration.ingest.specs import ExportSpec
from orchestration.platform.warehouse import quoted

CODE = "future_date"
# a day for clocks that are wrong by one, and one for local days that begin before UTC's
HAPPENED_DAYS = 2
# an order or a bill that does not say when it became known counts as known on its day
UNRECORDED_DAYS = 366
PLANNED_YEARS = 20
# what is ordered, billed, agreed or announced ahead; every other time is of what has happened
PLANNED: dict[str, tuple[str, ...]] = {
    "seat_events": ("effective_at",),
    "invoice_lines": ("issued_at", "period_start", "period_end"),
    "accounts": ("churned_at", "renewal_date", "trial_started_at", "trial_converted_at"),
    "subscriptions": ("started_at", "ended_at", "renewal_date"),
    "cost_rates": ("valid_from",),
    "exchange_rates": ("valid_from",),
}
# exports whose planned event is also when a row became known, where it does not say so itself
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
            "leave it empty where there is no end, or mend it",
        )
        if name in planned
        else _rule(
            name,
            landed_at,
            timedelta(days=HAPPENED_DAYS),
            f"{HAPPENED_DAYS} days",
            "mend it and load the file again",
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
            "say in recorded_at when it became known, or mend it",
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
        f"'{name} is ' || {name} || ', more than {shown} after {landed_at:%Y-%m-%d}, the day on "
        f"which the file was landed; {advice}.'",
    )


def refuse_mostly_ahead(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, folder: Path, held: Path
) -> None:
    """Refused where more than half of the rows below the folder are of a time still to come.

    Then it is the clock that is wrong, more likely than the file. A refused file is looked at
    again by the next refresh, a quarantined row is not.
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
            "this computer's clock; set the clock if it is wrong, else mend the dates and load the "
            "file again."
        )
