"""Names of files are data: odd ones land whole, those that cannot be seen as they are do not."""

import json
import os
import unicodedata
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.cli.check_table import print_check
from orchestration.ingest.check import check_home
from orchestration.ingest.files import UNSEEN as UNSEEN_KINDS
from orchestration.ingest.land import land_export
from orchestration.ingest.ledger import FileRecord, part_paths, read_records
from orchestration.platform.progress import listening
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory, quoted
from tests.ingest.homes import build, make_home, write

pytestmark = pytest.mark.slow

USAGE = "event_id,account_id,occurred_at,meter,quantity\n"
ODD = [
    "Usage (Jan) 2026.csv",
    "Übung – März.csv",
    "使用量.csv",
    "👍 final.csv",
    "=cmd().csv",
    "+1-1.csv",
    "@SUM(A1).csv",
    "-rf.csv",
    "--help.csv",
    "[red]alarm[green].csv",
    "[link=x]y[blink].csv",
    "a'b\"c`d.csv",
    "'; drop table currencies; --.csv",
    "a;b&c|d$e>f.csv",
    "<script>alert(1)<.csv",
    "**bold** $x$ _y_.csv",
    "100%20.csv",
    "{x,y}.csv",
    "~.csv",
    "day*.csv",
    "day?.csv",
    "day[1].csv",
    "day[!2].csv",
    "n" * (200 - len("usage_events/.csv")) + ".csv",
]
# what a pattern in the names above would match
DECOYS = ["day1.csv", "dayX.csv", "day12.csv"]
UNSEEN = {
    "two\nlines.csv": "two\\nlines.csv",
    "tab\tbed.csv": "tab\\tbed.csv",
    "\x1b[31mred.csv": "\\x1b[31mred.csv",
    "bell\x07.csv": "bell\\x07.csv",
    "\x7f.csv": "\\x7f.csv",
    "c1\x9b31m.csv": "c1\\x9b31m.csv",
    "invoice\u202evsc.csv": "invoice\\u202evsc.csv",
    "le\u2066ft.csv": "le\\u2066ft.csv",
    "zero\u200bwidth.csv": "zero\\u200bwidth.csv",
    "line\u2028end.csv": "line\\u2028end.csv",
    "mine\ue000.csv": "mine\\ue000.csv",
    "up\\..\\x.csv": "up\\\\..\\\\x.csv",
}


def usage_home(folder: Path) -> Settings:
    return make_home(folder, exports__usage_events_csv=None)


def rows_of(key: str) -> str:
    """A good row and a bad one."""
    return f"{USAGE}{key},a1,2025-01-02,calls,1\n{key}-bad,a1,soon,calls,1\n"


def landed_ids(home: Settings, record: FileRecord) -> list[str]:
    files = ", ".join(quoted(str(path)) for path in part_paths(home, record))
    with open_memory(home) as connection:
        rows = connection.execute(
            f"select event_id from read_parquet([{files}]) order by event_id"
        ).fetchall()
    return [row[0] for row in rows]


def test_a_file_of_any_visible_name_lands_its_own_rows_under_its_name(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    names = [*ODD, *DECOYS]
    for place, name in enumerate(names):
        write(home.exports / "usage_events" / name, rows_of(f"u{place}"))
    built = build(home)
    records = {record.file_name: record for record in read_records(home, "usage_events")}
    assert set(records) == {f"usage_events/{name}" for name in names}
    for place, name in enumerate(names):
        record = records[f"usage_events/{name}"]
        assert (record.refused_reason, record.landed, record.quarantined) == (None, 1, 1), name
        assert landed_ids(home, record) == [f"u{place}"], name
    shown = built.rows(
        "select file_name, sum(loaded), sum(quarantined) from raw.load_ledger "
        "where export = 'usage_events' group by file_name"
    )
    assert sorted(shown) == sorted((f"usage_events/{name}", 1, 1) for name in names)
    held = built.rows("select file_name from raw.quarantine order by file_name")
    assert [row[0] for row in held] == sorted(f"usage_events/{name}" for name in names)
    # nothing that is stored is called as the file is
    stored = {path.name for path in home.var.rglob("*")}
    assert not stored & set(names)


def test_a_name_is_printed_as_it_is_and_not_read_as_markup(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    for place, name in enumerate(ODD[:18]):
        write(home.exports / "usage_events" / name, rows_of(f"u{place}"))
    text = printed(home)
    for name in ODD[:18]:
        assert f"usage_events/{name} row 2: bad_time: occurred_at is «soon»" in text


def printed(home: Settings) -> str:
    console = Console(record=True, width=400, emoji=False)
    print_check(console, check_home(home))
    return console.export_text()


def test_a_name_that_cannot_be_seen_as_it_is_is_refused_and_written_out(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    folder = home.exports / "usage_events"
    write(folder / "day.csv", rows_of("day"))
    for place, name in enumerate(UNSEEN):
        write(folder / name, rows_of(f"u{place}"))
    reported: list[str] = []
    with listening(reported.append):
        report = land_export(home, "usage_events")
    reasons = {record.file_name: record.refused_reason for record in report.files}
    assert reasons == {"usage_events/day.csv": None} | {
        f"usage_events/{shown}": (
            f"usage_events/{shown} has an invisible character or a backslash in its name "
            "(shown here as \\x, \\u or \\\\); rename the file."
        )
        for shown in UNSEEN.values()
    }
    assert report.rows_landed == 1
    stored = (home.landing / "usage_events" / "ledger").glob("*.json")
    names = [json.loads(path.read_text(encoding="utf-8"))["file_name"] for path in stored]
    for text in (*reported, *names, *printed(home).splitlines()):
        assert not [char for char in text if unicodedata.category(char) in UNSEEN_KINDS]
    for name in UNSEEN:
        (folder / name).rename(folder / f"named {list(UNSEEN).index(name)}.csv")
    assert land_export(home, "usage_events").rows_landed == 1 + len(UNSEEN)


def test_a_name_is_refused_beyond_200_characters(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    name = "n" * (201 - len("usage_events/.csv")) + ".csv"
    write(home.exports / "usage_events" / name, rows_of("u1"))
    write(home.exports / "usage_events" / "day.csv", rows_of("u2"))
    reasons = [record.refused_reason for record in land_export(home, "usage_events").files]
    assert reasons[1] == (
        f"usage_events/{name} has a name of 201 characters; shorten it to at most 200."
    )
    assert reasons[0] is None


def test_a_name_that_is_no_utf8_is_refused_and_its_bytes_are_written_out(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    write(home.exports / "usage_events" / "day.csv", rows_of("u2"))
    write(home.exports / "usage_events" / os.fsdecode(b"caf\xe9.csv"), rows_of("u1"))
    reasons = [record.refused_reason for record in land_export(home, "usage_events").files]
    assert reasons == [
        "usage_events/caf\\xe9.csv has a name that is not valid UTF-8; rename the file.",
        None,
    ]


@pytest.mark.parametrize("name", [".hidden.csv", "..csv", "_kept.csv", ".usage.csv.swp"])
def test_a_hidden_file_is_not_looked_at(tmp_path: Path, name: str) -> None:
    home = usage_home(tmp_path)
    write(home.exports / "usage_events" / name, rows_of("u1"))
    write(home.exports / "usage_events" / "day.csv", rows_of("u2"))
    assert [record.file_name for record in land_export(home, "usage_events").files] == [
        "usage_events/day.csv"
    ]


def test_a_mapped_file_with_a_pattern_for_a_name_is_read_alone(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    write(
        home.mappings / "calls.yml",
        "sources: {calls: {pattern: 'calls*.csv'}}\n"
        "targets: {usage_events: {select: \"select _row, id as event_id, 'a1' as account_id, "
        "'2025-01-02' as occurred_at, _file as meter, 1 as quantity from calls\"}}\n",
    )
    names = ["calls[1].csv", "calls1.csv", "calls*.csv", "calls?.csv", "calls 'it'.csv"]
    for place, name in enumerate(names):
        write(home.exports / name, f"id\nu{place}\n")
    report = land_export(home, "usage_events")
    assert [record.refused_reason for record in report.files] == [None] * len(names)
    assert {record.file_name: landed_ids(home, record) for record in report.files} == {
        name: [f"u{place}"] for place, name in enumerate(names)
    }


def test_a_parquet_file_with_a_pattern_for_a_name_is_read_alone(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    folder = home.exports / "usage_events"
    folder.mkdir(parents=True)
    names = ["day1.parquet", "day[1].parquet"]
    with open_memory(home) as connection:
        for place, name in enumerate(names):
            # DuckDB reads a pattern, but writes to the literal name
            connection.execute(
                f"copy (select 'u{place}' as event_id, 'a1' as account_id, 'calls' as meter, "
                f"timestamp '2025-01-02' as occurred_at, 1 as quantity) to '{folder / name}' "
                "(format parquet)"
            )
    report = land_export(home, "usage_events")
    assert [landed_ids(home, record) for record in report.files] == [["u0"], ["u1"]]


def test_a_broken_file_is_named_without_the_folder_that_it_was_read_from(tmp_path: Path) -> None:
    home = usage_home(tmp_path)
    write(home.exports / "usage_events" / "day[1].parquet", b"no parquet at all")
    write(home.exports / "usage_events" / "day.csv", rows_of("u2"))
    reason = str(land_export(home, "usage_events").files[1].refused_reason)
    assert reason.startswith("usage_events/day[1].parquet cannot be read as parquet (")
    assert str(tmp_path) not in reason
