"""`check` tells what a refresh would do and leaves the home as it is."""

from pathlib import Path

import pytest
from rich.console import Console

from orchestration.cli.check_table import print_check
from orchestration.ingest.check import check_home
from orchestration.platform.progress import listening
from tests.ingest.homes import VALID, make_home, write


def test_a_check_counts_what_would_load_and_writes_nothing(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events_csv=VALID["exports/usage_events.csv"] + "u3,zz,2025-01-01,calls,1\n",
    )
    before = sorted(path for path in tmp_path.rglob("*"))
    report = check_home(settings)
    assert sorted(path for path in tmp_path.rglob("*")) == before
    assert report.is_usable
    loaded = {entry.export: entry.loaded for entry in report.files}
    assert loaded == {"accounts": 2, "seat_events": 2, "usage_events": 2, "invoice_lines": 2}
    assert [(row.export, row.row_number, row.reason) for row in report.held] == [
        ("usage_events", 3, "unknown_account")
    ]


def test_a_file_refused_whole_is_named_though_a_refresh_goes_on_without_it(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__accounts_csv=VALID["exports/accounts.csv"].replace("account_id", "acount_id", 1),
    )
    reported: list[str] = []
    with listening(reported.append):
        report = check_home(settings)
    sentence = "lacks the column `account_id`"
    assert any("no row of accounts.csv is loaded" in line and sentence in line for line in reported)
    console = Console(record=True, width=120)
    print_check(console, report)
    shown = console.export_text()
    assert "No row of accounts.csv would load" in shown
    assert sentence in shown


def test_a_file_that_stops_a_refresh_has_its_sentence_once(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events_csv=VALID["exports/usage_events.csv"].replace("quantity", "count", 1),
    )
    report = check_home(settings)
    assert not report.is_usable
    console = Console(record=True, width=120)
    print_check(console, report)
    text = console.export_text()
    assert text.count("lacks the column `quantity`") == 1
    assert "The usage_events export is rejected, so a refresh would stop." in text


def test_a_check_names_every_problem_and_not_only_the_first(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events_csv="event_id,account_id,occurred_at,metre,quantity\n",
        exports__seat_events_csv=None,
        reference__charges_csv=VALID["reference/charges.csv"].replace(",team,", ",teem,"),
    )
    report = check_home(settings)
    assert not report.is_usable
    text = "\n".join(report.problems)
    assert "The seat_events (or seat_snapshots) export is missing" in text
    assert "lacks the column `meter`" in text
    assert "plan_id is 'teem'" in text


@pytest.mark.parametrize(
    ("names", "note"),
    [
        ([], None),
        (["a.csv"], "1 file in exports/ is read by nothing (a.csv); "),
        (
            ["a.csv", "b/c.xlsx", "d.txt", "e.csv", "f.csv", "g.csv"],
            "6 files in exports/ are read by nothing (a.csv, b/c.xlsx, d.txt, e.csv, f.csv, …); ",
        ),
    ],
)
def test_a_check_names_files_that_nothing_reads(
    names: list[str], note: str | None, tmp_path: Path
) -> None:
    settings = make_home(tmp_path)
    for name in [*names, ".hidden.csv", "_draft.csv"]:
        write(settings.exports / name, "x\n1\n")
    due = [] if note is None else [f"{note}`seatshift connect` says what they are."]
    assert [one for one in check_home(settings).notes if "read by nothing" in one] == due
