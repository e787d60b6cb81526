"""Small homes for tests: a valid one, and changes to it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.present import as_of_default, present
from orchestration.ingest.resolve import FileCounts, ResolveReport
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.warehouse import open_warehouse

VALID: dict[str, str] = {
    "settings.toml": '[company]\nname = "Acme"\n',
    "exports/accounts.csv": "account_id,segment,created_at\na1,smb,2025-01-01\na2,smb,2025-01-01\n",
    "exports/seat_events.csv": (
        "event_id,account_id,event_type,quantity,effective_at\n"
        "s1,a1,add,5,2025-01-01\n"
        "s2,a2,add,3,2025-01-01\n"
    ),
    "exports/usage_events.csv": (
        "event_id,account_id,occurred_at,meter,quantity\n"
        "u1,a1,2025-01-02T10:00:00Z,resolutions,5\n"
        "u2,a2,2025-02-02T10:00:00Z,resolutions,2.5\n"
    ),
    "exports/invoice_lines.csv": (
        "invoice_id,line_id,account_id,issued_at,period_start,period_end,amount,currency\n"
        "i1,1,a1,2025-01-01,2025-01-01,2025-02-01,195.00,EUR\n"
        "i2,1,a2,2025-01-01,2025-01-01,2025-02-01,117.00,EUR\n"
    ),
    "reference/plans.csv": "plan_id,plan_name,family,currency\nteam,Team,per_seat,EUR\n",
    "reference/charges.csv": (
        "charge_id,plan_id,valid_from,charge_name,meter,pricing,unit_amount\n"
        "seat,team,2020-01-01,Seats,seats,per_unit,39.00\n"
    ),
}


def make_home(folder: Path, **files: str | bytes | None) -> Settings:
    """A valid home with some files replaced, added or (None) left out.

    A keyword names a file below the home: `exports__usage_events_csv`.
    """
    changes = {
        "/".join(key.split("__")).removesuffix("_csv") + ".csv": content
        for key, content in files.items()
    }
    if "settings.csv" in changes:
        changes["settings.toml"] = changes.pop("settings.csv")
    contents: dict[str, str | bytes | None] = {**VALID, **changes}
    for name, content in contents.items():
        if content is not None:
            write(folder / name, content)
    return load_settings(folder)


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def load(settings: Settings) -> ResolveReport:
    """Land every export and settle it."""
    for name in EXPORTS:
        land_export(settings, name)
    return resolve(settings)


def counts(report: ResolveReport, export: str) -> FileCounts:
    """The counts of the only file of the export."""
    found = [entry for entry in report.files if entry.export == export]
    assert len(found) == 1, found
    return found[0]


@dataclass(frozen=True)
class Built:
    """A build file that holds `raw` and `reference`."""

    settings: Settings
    path: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings, self.path, read_only=True) as connection:
            return connection.execute(sql).fetchall()


def build(settings: Settings, as_of: datetime | None = None) -> Built:
    """Load the home and present it."""
    load(settings)
    path = settings.builds / "test.duckdb"
    present(settings, path, as_of or as_of_default(settings), "test")
    return Built(settings, path)


def quarantine(built: Built) -> list[tuple[str, int, str]]:
    """(export, row, reason) of every quarantined row."""
    rows = built.rows("select export, row_number, reason from raw.quarantine order by all")
    return [(str(row[0]), int(row[1]), str(row[2])) for row in rows]
