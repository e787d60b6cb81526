"""`check` tells what a refresh would do and leaves the home as it is."""

from pathlib import Path

from orchestration.ingest.check import check_home
from tests.ingest.homes import VALID, make_home


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
    assert "no seat_events (or seat_snapshots) export" in text
    assert "lacks the column `meter`" in text
    assert "plan_id is 'teem'" in text
