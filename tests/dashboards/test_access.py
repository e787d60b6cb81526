"""Another person, put into access.py alone, sees and writes what their role may: nothing more."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards import access
from dashboards.data import journal
from dashboards.data.tables import rows
from dashboards.data.warehouse import HIDDEN, current
from dashboards.exports.csv import csv_bytes
from tests.dashboards import sample
from tests.dashboards.conftest import PAGES, OpenPage
from tests.dashboards.offered import sent, watched

VIEWER = access.Person(name="guest", role="viewer")
NAME = re.compile(rb"Account \d")


def test_who_signs_in_is_seen_through_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    for role in access.ROLES:
        monkeypatch.setattr(access, "person", lambda role=role: access.Person("x", role))
        told[role] = (access.sees_names(), access.may(access.NOTES), access.may(access.PRICES))
    assert told == {
        "viewer": (False, False, False),
        "analyst": (True, True, False),
        "finance": (True, True, False),
        "product": (True, True, True),
        "admin": (True, True, True),
    }


@pytest.mark.parametrize("name", PAGES)
def test_a_viewer_finds_no_name_on_any_page_or_in_any_file(
    name: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"account": "a07"} if name == "account" else {}
    monkeypatch.setattr(access, "person", lambda: VIEWER)
    files = watched(monkeypatch)
    page = open_page(name, **asked)
    assert not page.exception
    assert page.subheader and not NAME.search(sent(page))
    offered = page.session_state["view_of_this_run"].exports
    for export in offered:
        assert not NAME.search(csv_bytes(export.table)), export.name
    for file, made in files.items():
        if file.endswith((".pdf", ".json")):
            assert not NAME.search(made()), file


def test_rows_that_are_held_back_are_not_shown_as_they_stood(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "select distinct raw from marts.quarantine"
    open_page("data_health")
    assert "note" in rows(current().read(asked))[0]["raw"]
    monkeypatch.setattr(access, "person", lambda: VIEWER)
    assert rows(current().read(asked)) == [{"raw": HIDDEN}]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/hosts')",
        "delete from published.marts.dim_accounts",
        "set enable_external_access = true",
    ],
)
def test_what_a_viewer_reads_is_as_closed_as_the_snapshot(
    sql: str, homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["whole"]))
    monkeypatch.setattr(access, "person", lambda: VIEWER)
    with pytest.raises(duckdb.Error):
        current().read(sql)


def test_no_page_reads_around_what_hides_names() -> None:
    around = [
        path.name
        for path in sorted((sample.ROOT / "dashboards").rglob("*.py"))
        if re.search(r"(from|join) published\.", path.read_text(encoding="utf-8"))
    ]
    assert around == ["warehouse.py"]


def test_two_roles_beside_each_other_share_no_answer(
    homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred reads of each, from threads that the same caches serve."""
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["whole"]))
    who: ContextVar[access.Person] = ContextVar("who")
    monkeypatch.setattr(access, "person", who.get)
    snapshot = current()

    def looked(n: int) -> bool:
        who.set(VIEWER if n % 2 else access.LOCAL)
        found = rows(
            snapshot.read(
                "select account_name from marts.dim_accounts order by account_id limit $n",
                n=1 + n // 2 % 12,
            )
        )
        return all(row["account_name"].startswith("Account ") == (n % 2 == 0) for row in found)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(looked, range(400)))


def test_two_sessions_of_different_roles_take_turns(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        access, "person", lambda: VIEWER if "guest" in st.session_state else access.LOCAL
    )

    def turned(guest: bool) -> AppTest:
        page = open_page("bill_shock")
        if guest:
            page.session_state["guest"] = True
        return page.run()

    sessions = {guest: turned(guest) for guest in (False, True)}
    for guest, page in sessions.items():
        assert bool(NAME.search(sent(page.run()))) is not guest


def test_a_viewer_writes_nothing(
    open_page: OpenPage, homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(homes, "own", tmp_path)
    sample.publish(tmp_path, sample.whole)
    monkeypatch.setattr(access, "person", lambda: VIEWER)
    page = open_page("decision", "own")
    page.text_area(key="note_text").set_value("A guest was here.")
    [keep] = [button for button in page.button if button.label == "Keep note"]
    keep.click().run()
    assert "Your role does not write here" in page.error[0].value.replace("\\", "")
    page.text_area(key="decision_text").set_value("Go.")
    page.text_area(key="decision_expected").set_value("More.")
    [record] = [
        button for button in page.button if button.label == "Record decision" and button.form_id
    ]
    record.click().run()
    assert "Your role does not write here" in page.error[0].value.replace("\\", "")
    page = open_page("triggers", "own")
    assert not page.exception
    assert not [button for button in page.button if "Save" in button.label]
    assert _entries() == 0
    assert not (tmp_path / "reference").exists()


def _entries() -> int:
    file = journal.journal_file()
    if not file.is_file():
        return 0
    with sqlite3.connect(file) as connection:
        tables = connection.execute("select count(*) from sqlite_master where name = 'entries'")
        if not tables.fetchone()[0]:
            return 0
        return int(connection.execute("select count(*) from entries").fetchone()[0])
