"""Decisions and notes: kept for good, by several writers at once, through refreshes."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from dashboards.access import LOCAL
from dashboards.data import freshness, journal
from dashboards.data.journal import CannotWrite, Entry, entries, record
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from orchestration.homes.decisions import LATER
from tests.dashboards import sample
from tests.dashboards.conftest import OpenPage

pytestmark = pytest.mark.slow

PILOT = Entry(
    segment="smb_ai",
    verdict="pilot",
    text="Pilot with 20 accounts at the February renewals.",
    expected_outcome="+3 % revenue, no more than 5 % shocked.",
    review_on=date(2027, 5, 1),
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    sample.publish(folder, sample.settings_only, generation=7)
    return folder


@pytest.fixture
def home(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published home of the test's own, at the sample's moment."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    monkeypatch.setattr(journal, "now", lambda: sample.AS_OF)
    return tmp_path


def test_a_decision_keeps_who_when_and_what_was_shown(home: Path) -> None:
    assert entries().num_rows == 0
    record(current(), LOCAL, PILOT)
    (kept,) = rows(entries())
    assert kept == {
        "entry_id": 1,
        "kind": "decision",
        "written_at": sample.AS_OF.replace(tzinfo=None),
        "author": "local",
        "segment": "smb_ai",
        "verdict": "pilot",
        "generation": 7,
        "data_as_of": sample.AS_OF.replace(tzinfo=None),
        "text": PILOT.text,
        "expected_outcome": PILOT.expected_outcome,
        "review_on": date(2027, 5, 1),
        "page": None,
        "period": None,
        "account_id": None,
    }


def test_entries_outlive_a_refresh_and_the_newest_is_first(home: Path) -> None:
    record(current(), LOCAL, PILOT)
    sample.publish(home, sample.settings_only, generation=8)
    record(current(), LOCAL, Entry(segment="all", text="  Prices rise in May.\n"))
    assert [(row["kind"], row["generation"], row["text"]) for row in rows(entries())] == [
        ("note", 8, "Prices rise in May."),
        ("decision", 7, PILOT.text),
    ]


@pytest.mark.parametrize("sql", ["update entries set text = 'other'", "delete from entries"])
def test_nothing_is_changed_or_deleted(home: Path, sql: str) -> None:
    record(current(), LOCAL, PILOT)
    connection = sqlite3.connect(home / "decisions.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="entries are never"):
        connection.execute(sql)
    connection.close()
    assert entries().num_rows == 1


def test_writers_do_not_lose_each_other(home: Path) -> None:
    snapshot = current()
    notes = [Entry(segment="all", text=f"note {number}") for number in range(24)]
    # which process first creates the file differs each time
    for _ in range(40):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda note: record(snapshot, LOCAL, note), notes))
        assert {row["text"] for row in rows(entries())} == {note.text for note in notes}
        for file in home.glob("decisions.sqlite*"):
            file.unlink()


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        (Entry(segment="all", text=" \n "), "The note is empty."),
        (Entry(segment="all", text="x" * 2001), "2001 characters"),
        (Entry(segment="all", text="x", review_on=date(2027, 1, 1)), "expected outcome is empty"),
        (Entry(segment="all", text="x", expected_outcome="y"), "needs a day"),
        (Entry(segment="all", text="x", expected_outcome="y" * 2001), "2001 characters"),
        (Entry(segment="all", text="x", period="<b>Oct"), "write one such as 2026-10"),
    ],
)
def test_what_is_incomplete_or_too_long_is_not_kept(home: Path, entry: Entry, shown: str) -> None:
    with pytest.raises(CannotWrite, match=shown):
        record(current(), LOCAL, entry)
    assert entries().num_rows == 0


def test_a_text_of_the_longest_length_is_kept_as_it_is(home: Path) -> None:
    text = "'; drop table entries; -- <script> =cmd() \u202e👩‍💻".ljust(2000, "x")
    record(current(), LOCAL, Entry(segment="all", text=text))
    assert rows(entries())[0]["text"] == text


def test_a_failed_write_is_reported_in_one_sentence(home: Path) -> None:
    (home / "decisions.sqlite").mkdir()
    with pytest.raises(CannotWrite, match="Nothing was saved"):
        record(current(), LOCAL, PILOT)


def test_notes_belong_to_a_page_and_a_segment_or_an_account(home: Path) -> None:
    snapshot = current()
    for entry in (
        Entry(segment="all", page="triggers", period="2026-10", text="one"),
        Entry(segment="smb", page="triggers", text="two"),
        Entry(segment="enterprise", page="triggers", text="three"),
        Entry(segment="smb", page="cohorts", text="four"),
        Entry(segment="all", page="account", account_id="a01", text="five"),
        Entry(segment="all", text="before pages had notes"),
        PILOT,
    ):
        record(snapshot, LOCAL, entry)

    def shown(page: str, segment: str, account_id: str | None = None) -> list[str]:
        return [row["text"] for row in journal.notes(page, segment, account_id)]

    assert shown("triggers", "smb") == ["one", "two"]
    assert shown("triggers", "all") == ["one"]
    assert shown("account", "all", "a01") == ["five"]
    assert shown("account", "all", "a02") == []
    assert shown("decision", "all") == ["before pages had notes"]


def test_a_file_from_before_pages_had_notes_is_read_and_goes_on(home: Path) -> None:
    record(current(), LOCAL, PILOT)
    connection = sqlite3.connect(home / "decisions.sqlite")
    for column in LATER:
        connection.execute(f"alter table entries drop column {column}")
    connection.close()
    assert [row["page"] for row in rows(entries())] == [None]
    record(current(), LOCAL, Entry(segment="all", page="triggers", text="new"))
    assert [row["page"] for row in rows(entries())] == ["triggers", None]


def test_a_decision_is_recorded_on_the_first_page(
    open_page: OpenPage, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.publish(tmp_path, sample.whole)
    monkeypatch.setitem(homes, "own", tmp_path)
    monkeypatch.setattr(journal, "now", freshness.now)
    page = open_page("decision", "own")
    page.button(key="decision_open").click().run()
    page.text_input(key="decision_name").set_value("Ada Park")
    page.text_area(key="decision_text").set_value("![x](http://x) Pilot it.")
    page.text_area(key="decision_expected").set_value("=1+1")
    # a browser runs the drawer alone again; here the whole page runs, with its button pressed
    page.button(key="decision_open").click()
    page.button(key="FormSubmitter:record_decision-Record decision").click().run()
    assert not page.exception
    (kept,) = rows(entries())
    assert (kept["segment"], kept["verdict"], kept["author"]) == ("smb_ai", "pilot", "Ada Park")
    assert kept["text"] == "![x](http://x) Pilot it."
    log = next(table.value for table in page.dataframe if "Written" in str(table.proto))
    assert list(log["text"]) == ["![x](http://x) Pilot it."]
    assert list(log["verdict"]) == ["PILOT"]
    page.button(key="decision_open").click().run()
    page.text_area(key="decision_text").set_value(" ")
    # a browser runs the drawer alone again; here the whole page runs, with its button pressed
    page.button(key="decision_open").click()
    page.button(key="FormSubmitter:record_decision-Record decision").click().run()
    assert "is empty" in page.error[0].value
    assert entries().num_rows == 1
