"""Rows dated ahead of their landing: what may lie ahead and how far, and a clock that is wrong."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from orchestration.ingest import land
from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.ledger import FileRecord, part_paths, quarantine_path, read_records
from orchestration.ingest.rows import KNOWLEDGE
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted
from tests.ingest.homes import make_home, write

NOON = datetime.fromisoformat("2026-06-15T12:00:00")
VALUES = {
    "text": "x",
    "quantity": "1",
    "price": "1",
    "amount": "1",
    "ratio": "0.5",
    "integer": "1",
    "time": "2025-01-01T00:00:00Z",
    "date": "2025-01-01",
}
# how far after noon of 15 June each column may lie: times are compared by the second, dates by the
# day
HAPPENED, PLANNED = timedelta(days=2), timedelta(days=7305)
ENDS = {"period_start": "period_end", "started_at": "ended_at"}
PLANNED_COLUMNS = {
    ("seat_events", "effective_at"),
    ("invoice_lines", "issued_at"),
    ("invoice_lines", "period_start"),
    ("invoice_lines", "period_end"),
    ("accounts", "churned_at"),
    ("accounts", "renewal_date"),
    ("accounts", "trial_started_at"),
    ("accounts", "trial_converted_at"),
    ("subscriptions", "started_at"),
    ("subscriptions", "ended_at"),
    ("subscriptions", "renewal_date"),
    ("cost_rates", "valid_from"),
    ("exchange_rates", "valid_from"),
}


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return moment

    monkeypatch.setattr(land, "datetime", Clock)


def row(export: str, **changes: str) -> dict[str, str]:
    """A row of the export with every column, and when it became known."""
    cells = {
        column.name: column.allowed[0] if column.allowed else VALUES[column.kind]
        for column in EXPORTS[export].columns
    }
    cells |= {"account_id": "a1"} if "account_id" in cells else {}
    cells |= {"currency": "EUR"} if "currency" in cells else {}
    return cells | {"recorded_at": "2025-01-01", "exported_at": "2025-01-01"} | changes


def text_of(rows: list[dict[str, str]]) -> str:
    lines = [",".join(rows[0]), *(",".join(cells.values()) for cells in rows)]
    return "\n".join(lines) + "\n"


def landed(folder: Path, export: str, *rows: dict[str, str]) -> tuple[FileRecord, list[str]]:
    """The record of a file with these rows between good ones, and the sentences of those held."""
    good = [row(export) for _ in range(len(rows) + 1)]
    home = make_home(folder, **{f"exports__{export}_csv": text_of([*good, *rows])})
    (record,) = land_export(home, export).files
    return record, [sentence for _, _, sentence in held(home, record)]


def held(home: Settings, record: FileRecord) -> list[tuple[str, str, str]]:
    path = quarantine_path(home, record)
    if not path.is_file():
        return []
    with open_memory(home) as connection:
        return connection.execute(
            f"select reason, column_name, sentence from read_parquet({quoted(str(path))}) "
            "order by row_number"
        ).fetchall()


@pytest.mark.parametrize("export", EXPORTS)
def test_every_time_may_lie_as_far_ahead_as_its_kind_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: str
) -> None:
    set_clock(monkeypatch, NOON)
    rows: list[dict[str, str]] = []
    due: list[str] = []
    for column in (*EXPORTS[export].columns, *KNOWLEDGE):
        if column.kind not in ("time", "date"):
            continue
        is_planned = (export, column.name) in PLANNED_COLUMNS
        last = NOON + (PLANNED if is_planned else HAPPENED)
        beyond = last + (timedelta(days=1) if column.kind == "date" else timedelta(seconds=1))
        for moment in (last, beyond):
            text = f"{moment:%Y-%m-%d}" if column.kind == "date" else f"{moment.isoformat()}Z"
            # an end that lies before its start is another fault
            end = {ENDS[column.name]: text} if column.name in ENDS else {}
            rows.append(row(export, **{column.name: text} | end))
        bound = "20 years" if is_planned else "2 days"
        due.append(f"{column.name} is {text[:10]}, {bound}")
    record, sentences = landed(tmp_path, export, *rows)
    assert record.landed == len(rows) - len(due) + len(rows) + 1
    shown = [
        re.sub(
            r"( \d\d:\d\d:\d\d)?, more than (\d+ \w+) after 2026-06-15, when .*", r", \2", sentence
        )
        for sentence in sentences
    ]
    assert shown == due


@pytest.mark.parametrize(
    ("export", "column"), [("seat_events", "effective_at"), ("invoice_lines", "issued_at")]
)
def test_an_order_that_does_not_say_when_it_was_known_lies_a_year_ahead_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: str, column: str
) -> None:
    set_clock(monkeypatch, NOON)
    record, sentences = landed(
        tmp_path,
        export,
        row(export, **{column: "2027-06-16T12:00:00Z", "recorded_at": ""}),
        row(export, **{column: "2027-06-16T12:00:01Z", "recorded_at": ""}),
        row(export, **{column: "2027-06-16T12:00:01Z"}),
    )
    assert (record.landed, record.quarantined) == (6, 1)
    assert sentences == [
        f"{column} is 2027-06-16 12:00:01, more than 366 days after 2026-06-15, when "
        "the file was landed; give the time it became known in recorded_at, or correct it."
    ]


USAGE = "event_id,account_id,occurred_at,meter,quantity\n"
# the last lies a day and a half after noon of 15 June
DAYS = USAGE + "u1,a1,2026-06-01,calls,1\nu2,a1,2026-06-10,calls,1\nu3,a1,2026-06-17,calls,1\n"


def usage_rows(home: Settings) -> list[tuple[object, ...]]:
    """Every landed row but for when it was landed."""
    rows: list[tuple[object, ...]] = []
    with open_memory(home) as connection:
        for record in read_records(home, "usage_events"):
            for path in part_paths(home, record):
                rows += connection.execute(
                    f"select * exclude (exported_at, _file) from read_parquet({quoted(str(path))})"
                ).fetchall()
    return sorted(rows, key=str)


@pytest.mark.parametrize("hours", [-24, -1, 0, 1, 24])
def test_a_clock_that_is_wrong_by_a_day_lands_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """Events that happened if the clock is right: none are in the future."""
    happened = [row("usage_events", event_id="u1", occurred_at=f"{NOON.isoformat()}Z")]
    set_clock(monkeypatch, NOON + timedelta(hours=hours))
    record, _ = landed(tmp_path, "usage_events", *happened)
    assert (record.landed, record.quarantined) == (3, 0)


def test_the_same_file_gives_the_same_rows_when_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, NOON)
    home = make_home(tmp_path, exports__usage_events_csv=None)
    write(home.exports / "usage_events" / "day.csv", DAYS)
    land_export(home, "usage_events")
    before, records = usage_rows(home), read_records(home, "usage_events")
    assert len(before) == 3
    set_clock(monkeypatch, NOON - timedelta(hours=23))
    write(home.exports / "usage_events" / "again.csv", DAYS)
    assert land_export(home, "usage_events").new_files == 0
    assert (usage_rows(home), read_records(home, "usage_events")) == (before, records)


def test_a_mapped_file_is_recreated_unchanged_if_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = "sources: {days: {pattern: days.csv}}\ntargets: {usage_events: {select: from days}}\n"
    set_clock(monkeypatch, NOON)
    home = make_home(tmp_path, exports__usage_events_csv=None)
    write(home.mappings / "days.yml", mapping)
    write(home.exports / "days.csv", DAYS)
    land_export(home, "usage_events")
    before = usage_rows(home)
    set_clock(monkeypatch, NOON - timedelta(hours=23))
    write(home.mappings / "days.yml", mapping.replace("from days}", "from days where true}"))
    assert land_export(home, "usage_events").new_files == 1
    assert usage_rows(home) == before


def test_what_lands_later_is_later_though_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, NOON)
    home = make_home(tmp_path, exports__usage_events_csv=DAYS)
    land_export(home, "usage_events")
    set_clock(monkeypatch, NOON - timedelta(hours=5))
    write(home.exports / "usage_events.csv", DAYS.replace("06-01,calls,1", "06-01,calls,7"))
    land_export(home, "usage_events")
    first, second = read_records(home, "usage_events")
    assert second.landed_time == first.landed_time + timedelta(microseconds=1)
    report = resolve(home, require_usable=False)
    counted = {entry.file_id: (entry.loaded, entry.revisions) for entry in report.files}
    assert counted == {first.file_id: (3, 0), second.file_id: (0, 1)}


def test_nothing_new_lands_by_a_clock_more_than_a_day_behind_the_last_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, NOON)
    home = make_home(tmp_path, exports__usage_events_csv=None)
    write(home.exports / "usage_events" / "day.csv", DAYS)
    land_export(home, "usage_events")
    set_clock(monkeypatch, NOON - timedelta(days=1, seconds=1))
    assert land_export(home, "usage_events").new_files == 0
    write(home.exports / "usage_events" / "late.csv", USAGE + "u9,a1,2026-06-01,calls,1\n")
    with pytest.raises(SeatshiftError) as caught:
        land_export(home, "usage_events")
    assert str(caught.value).startswith(
        "this computer's clock (2026-06-14 11:59 UTC) is behind the last load "
        "(2026-06-15 12:00 UTC), so nothing new is loaded; set the clock, or, if it was wrong"
    )
    assert len(read_records(home, "usage_events")) == 1
    set_clock(monkeypatch, NOON - timedelta(days=1))
    assert land_export(home, "usage_events").new_files == 1


def test_a_file_whose_rows_mostly_lie_ahead_waits_for_the_right_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(
        tmp_path,
        exports__support_tickets_csv=(
            "ticket_id,account_id,created_at\nt1,a1,2026-06-01\nt2,a1,2026-06-10\nt3,a1,2026-06-12\n"
        ),
    )
    set_clock(monkeypatch, datetime.fromisoformat("2026-06-05"))
    reasons = [land_export(home, "support_tickets").files[0].refused_reason for _ in range(2)]
    assert (
        reasons
        == [
            "support_tickets.csv: 2 of its 3 rows are dated more than 2 days ahead of this "
            "computer's clock; set the clock if it is wrong, otherwise correct the dates and load "
            "the file again."
        ]
        * 2
    )
    assert not list(home.landing.rglob("*.parquet"))
    # half of them is not most of them
    set_clock(monkeypatch, datetime.fromisoformat("2026-06-09"))
    (record,) = land_export(home, "support_tickets").files
    assert (record.landed, record.quarantined) == (2, 1)


def test_contracts_without_an_end_are_no_sign_of_a_wrong_clock(tmp_path: Path) -> None:
    cells = row("subscriptions", ended_at="2099-12-31")
    home = make_home(tmp_path, exports__subscriptions_csv=text_of([cells, cells, cells]))
    (record,) = land_export(home, "subscriptions").files
    assert (record.quarantined, record.refused_reason) == (3, None)
    ((reason, column, sentence), *_) = held(home, record)
    assert (reason, column) == ("future_date", "ended_at")
    assert sentence.endswith("; leave it empty if there is no end, or correct it.")


def test_a_landing_folder_says_when_it_was_landed_and_no_clock_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, NOON)
    home = make_home(tmp_path, exports__usage_events_csv=DAYS + "u4,a1,2099-01-01,calls,1\n")
    land_export(home, "usage_events")
    first = resolve(home, require_usable=False)
    set_clock(monkeypatch, NOON + timedelta(days=40000))
    land_export(home, "usage_events")
    assert replace(resolve(home, require_usable=False), is_new=True) == first
