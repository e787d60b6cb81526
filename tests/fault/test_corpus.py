"""Every faulty file of `exports/` ends as `outcomes.csv` says: whole, and within seconds.

A case is a few steps: `a.csv as b.csv` puts a file of the corpus under a name, `drop b.csv`
takes it away, `load` loads what is there; the last load is implied. What is counted is every
file version of the usage export together.
"""

import csv
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest import files as files_module
from orchestration.ingest.fates import scan
from orchestration.ingest.land import land_export
from orchestration.ingest.ledger import part_paths, quarantine_path, read_records
from orchestration.ingest.resolve import ResolveReport, resolve
from orchestration.ingest.specs import USAGE_EVENTS
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory
from tests.fault.made import MADE
from tests.ingest.homes import VALID, make_home, write

pytestmark = pytest.mark.slow

CORPUS = Path(__file__).parent / "exports"
COUNTS = ("rows_read", "loaded", "revisions", "duplicates", "quarantined", "skipped")
SECONDS = 20  # on a busy machine; alone, each takes well under five


@dataclass(frozen=True)
class Case:
    """One line of the table; `held` is reason@row of every quarantined row, in order."""

    name: str
    steps: list[str]
    counts: dict[str, int]
    quantity: Decimal
    held: list[str]
    refused: str


def _cases() -> Iterator[Case]:
    with (CORPUS.parent / "outcomes.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            yield Case(
                name=row["case"],
                steps=[step.strip() for step in row["steps"].split(";")],
                counts={name: int(row[name]) for name in COUNTS},
                quantity=Decimal(row["quantity"]),
                held=row["held"].split(),
                refused=row["refused"],
            )


CASES = list(_cases())


def test_every_file_of_the_corpus_has_its_case() -> None:
    named = {step.partition(" as ")[0] for case in CASES for step in case.steps}
    assert {path.name for path in CORPUS.iterdir()} | set(MADE) == {
        name for name in named if name != "load" and not name.startswith("drop ")
    }


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_file_ends_as_the_table_says(tmp_path: Path, case: Case) -> None:
    limit = "[limits]\nmax_file_mb = 3\n" if "size limit" in case.refused else ""
    home = make_home(tmp_path / "home", settings=limit, exports__usage_events_csv=None)
    started = time.monotonic()
    report = run(home, case.steps)
    assert time.monotonic() - started < SECONDS
    entries = [entry for entry in report.files if entry.export == "usage_events"]
    assert {name: sum(getattr(entry, name) for entry in entries) for name in COUNTS} == case.counts
    assert sum(Decimal(entry.quantity_sum or 0) for entry in entries) == case.quantity
    assert held(home, report) == case.held
    reasons = [str(entry.refused_reason) for entry in entries if entry.refused_reason is not None]
    assert len(reasons) == (1 if case.refused else 0)
    for reason in reasons:
        assert case.refused in reason
        assert reason.endswith(".") and "\n" not in reason
        assert str(tmp_path) not in reason
    for entry in entries:
        fates = [getattr(entry, name) for name in COUNTS[1:]]
        assert entry.rows_read == sum(fates)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["home"], ["home", "secret.csv"])


def run(home: Settings, steps: list[str]) -> ResolveReport:
    """Take the steps, and load at the end."""
    folder = home.exports / "usage_events"
    folder.mkdir(exist_ok=True)
    land_export(home, "accounts")
    for step in steps:
        if step == "load":
            load(home)
        elif step.startswith("drop "):
            (folder / step.removeprefix("drop ")).unlink()
        else:
            source, _, name = step.partition(" as ")
            target = folder / (name or source)
            target.unlink(missing_ok=True)
            MADE[source](target) if source in MADE else shutil.copy(CORPUS / source, target)
    return load(home)


def load(home: Settings) -> ResolveReport:
    """Land usage, with a good file beside so that a refused one does not stop the rest."""
    beside = "event_id,account_id,occurred_at,meter,quantity\nbeside,a1,2025-01-01,calls,1\n"
    write(home.exports / "usage_events" / "zz_beside.csv", beside)
    land_export(home, "usage_events")
    return resolve(home, require_usable=False)


def held(home: Settings, report: ResolveReport) -> list[str]:
    """reason@row of every quarantined row, whatever quarantined it."""
    paths = [
        str(path)
        for record in read_records(home, "usage_events")
        if (path := quarantine_path(home, record)).is_file()
    ]
    selects = [f"select reason, row_number from read_parquet('{path}')" for path in paths]
    fates = report.fates("usage_events")
    if fates is not None:
        selects.append(
            f"select reason, row_number from read_parquet('{fates}') where fate = 'quarantined'"
        )
    if not selects:
        return []
    with open_memory(home) as connection:
        rows = connection.execute(
            f"select reason || '@' || row_number from ({' union all '.join(selects)}) "
            "order by row_number, reason"
        ).fetchall()
    return [str(row[0]) for row in rows]


def test_a_file_that_is_still_being_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path)
    path = home.exports / "support_tickets.csv"
    write(path, "ticket_id,account_id,created_at\nt1,a1,2025-01-01\n")
    checked = files_module._checked_text

    def grows_meanwhile(file: files_module.ExportFile, chunk: bytes, line: int) -> int:
        if b"t2" not in path.read_bytes():
            write(path, path.read_bytes() + b"t2,a1,2025-01-02\n")
        return checked(file, chunk, line)

    monkeypatch.setattr(files_module, "_checked_text", grows_meanwhile)
    (record,) = land_export(home, "support_tickets").files
    assert "changed while it was being read" in str(record.refused_reason)
    monkeypatch.undo()
    (record,) = land_export(home, "support_tickets").files
    assert (record.refused_reason, record.landed) == (None, 2)


def test_a_folder_that_links_out_of_the_home_yields_nothing(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "secret.csv", VALID["exports/usage_events.csv"])
    home = make_home(tmp_path / "home")
    (home.exports / "support_tickets").symlink_to(tmp_path / "elsewhere")
    (record,) = land_export(home, "support_tickets").files
    assert "is a link" in str(record.refused_reason)


@pytest.mark.parametrize("name", ["swapped_headers.csv", "reordered_columns.csv"])
def test_columns_are_taken_by_their_name_and_not_by_their_place(tmp_path: Path, name: str) -> None:
    good, moved = (landed(tmp_path / file, file) for file in ("good.csv", name))
    assert moved == good


def test_a_formula_is_text_like_any_other(tmp_path: Path) -> None:
    rows = landed(tmp_path, "formula_cells.csv")
    assert [(row[0], row[3]) for row in rows] == [
        ("+1+1", "@SUM(A1)"),
        ("=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")'),
        ("beside", "calls"),
        ("u1", "calls"),
    ]


def landed(folder: Path, name: str) -> list[tuple[Any, ...]]:
    """The rows of a file of the corpus as they are in landing."""
    home = make_home(folder, exports__usage_events_csv=None)
    run(home, [name])
    parts = [path for one in read_records(home, "usage_events") for path in part_paths(home, one)]
    with open_memory(home) as connection:
        return connection.execute(
            "select event_id, account_id, occurred_at, meter, quantity "
            f"from {scan(USAGE_EVENTS, parts)} order by 1"
        ).fetchall()
