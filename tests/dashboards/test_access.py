"""Another person, put into access.py alone, sees and writes what their role may: nothing more."""

import io
import json
import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from datetime import date
from pathlib import Path

import duckdb
import pytest
import streamlit as st
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from dashboards import access
from dashboards.data import docs, journal
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from dashboards.exports.csv import csv_bytes
from dashboards.shell import notes
from dashboards.shell.audit import DOCS_HIDDEN
from tests.dashboards import sample
from tests.dashboards.conftest import PAGES, OpenPage
from tests.dashboards.offered import Files, sent, view_of, watched

VIEWER = access.Person(name="guest", role="viewer")
# of an account, and of who looks after it
NAME = re.compile(rb"(Account|Keeper) \d")


def test_who_signs_in_is_seen_through_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = {}
    for role in access.ROLES:
        monkeypatch.setattr(access, "person", lambda role=role: access.Person("x", role))
        stated[role] = (access.sees_names(), access.may(access.NOTES), access.may(access.PRICES))
    assert stated == {
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
    # the menu that has the page itself as well
    page.button(key="key_export").click().run()
    offered = view_of(page).exports
    for export in offered:
        assert not NAME.search(csv_bytes(export.table)), export.name
    for file, made in files.items():
        if file.endswith((".pdf", ".json")):
            assert not NAME.search(made()), file


def test_quarantined_rows_are_not_shown_as_in_their_files(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "select distinct raw from marts.quarantine"
    open_page("data_health")
    assert "note" in rows(current().answer(asked))[0]["raw"]
    monkeypatch.setattr(access, "person", lambda: VIEWER)
    assert rows(current().answer(asked)) == [{"raw": access.HIDDEN}]


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
        current().answer(sql)


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
            snapshot.answer(
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
    [keep] = [button for button in page.button if button.label == "Add note"]
    keep.click().run()
    assert "Your role cannot write notes" in page.error[0].value.replace("\\", "")
    page.button(key="decision_open").click().run()
    page.text_input(key="decision_name").set_value("Guest")
    page.text_area(key="decision_text").set_value("Go.")
    page.text_area(key="decision_expected").set_value("More.")
    [record] = [
        button for button in page.button if button.label == "Record decision" and button.form_id
    ]
    # a browser runs the drawer alone again; here the whole page runs, with its button pressed
    page.button(key="decision_open").click()
    record.click().run()
    assert "Your role does not write here" in page.error[0].value.replace("\\", "")
    page = open_page("triggers", "own")
    assert not page.exception
    assert not [button for button in page.button if "Save" in button.label]
    assert _entries() == 0
    assert not (tmp_path / "reference").exists()


@pytest.fixture
def own(homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A published home of the test's own."""
    shutil.copytree(homes["whole"], tmp_path, dirs_exist_ok=True)
    monkeypatch.setitem(homes, "own", tmp_path)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("own")
def test_a_viewer_reads_who_wrote_when_and_of_which_verdict_but_no_words(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "now", lambda: sample.AS_OF)
    secret = "The Seven"  # as people call Account 7
    for entry in (
        journal.Entry(segment="all", page="economics", period="2026-10", text=secret),
        journal.Entry(
            segment="smb_ai",
            verdict="pilot",
            text=secret,
            expected_outcome=secret,
            review_on=date(2027, 5, 1),
        ),
    ):
        journal.record(current(), access.LOCAL, entry)
    handed: dict[tuple[str, str], str] = {}
    for person, name in (
        (access.LOCAL, "economics"),
        (VIEWER, "economics"),
        (VIEWER, "decision"),
    ):
        monkeypatch.setattr(access, "person", lambda person=person: person)
        with monkeypatch.context() as patched:
            files = watched(patched)
            handed[person.role, name] = _handed_over(open_page(name, "own"), files)
    assert handed["admin", "economics"].count(secret) > 3
    for name in ("economics", "decision"):
        assert secret not in handed["viewer", name]
        assert handed["viewer", name].count(access.HIDDEN) > 3
        assert "may contain account names, which your role is not shown" in handed["viewer", name]
    stated = handed["viewer", "decision"]
    assert ",decision,2026-11-10 06:00:00,local,smb_ai,pilot," in stated
    assert "Last decision, 10 Nov 2026 by local: hidden from your role" in stated


def _handed_over(page: AppTest, files: Files) -> str:
    """All that the page shows, its tables and its notes as files, and its printed pages."""
    assert not page.exception
    seen = view_of(page)
    tables = [*(export.table for export in seen.exports), notes.as_table(seen)]
    printed = [made() for file, made in files.items() if file.endswith(".pdf")]
    texts = [
        sent(page).decode("utf-8", "replace"),
        *(csv_bytes(table).decode() for table in tables),
        *(one.extract_text() for made in printed for one in PdfReader(io.BytesIO(made)).pages),
    ]
    return "\n".join(texts)


def test_what_the_audit_quotes_is_kept_from_a_viewer(
    open_page: OpenPage, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = current().build_id
    rule = {"severity": "warning", "passed": False, "relation": "raw.accounts", "sentence": "It."}
    evidence = [
        rule | {"rule": "named", "observed": "Account 7 twice", "offenders": ["Account 7"]},
        rule | {"rule": "counted", "observed": "17", "offenders": []},
    ]
    file = own / "var" / "builds" / f"{build}.audit.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"evidence": evidence}), encoding="utf-8")
    index = docs.docs_folder(build) / "index.html"
    index.parent.mkdir(parents=True)
    index.touch()
    page = open_page("data_health", "own")
    assert b"/data-docs/" in sent(page) and b"Account 7 twice" in sent(page)
    monkeypatch.setattr(access, "person", lambda: VIEWER)
    page = open_page("data_health", "own")
    assert not page.exception
    assert b"/data-docs/" not in sent(page) and not NAME.search(sent(page))
    assert [one.value for one in page.caption].count(DOCS_HIDDEN) == 2
    assert [(one.observed, one.offenders) for one in docs.audited_rules(current())] == [
        (access.HIDDEN, (access.HIDDEN,)),
        ("17", ()),
    ]


def _entries() -> int:
    file = journal.journal_file()
    if not file.is_file():
        return 0
    with sqlite3.connect(file) as connection:
        tables = connection.execute("select count(*) from sqlite_master where name = 'entries'")
        if not tables.fetchone()[0]:
            return 0
        return int(connection.execute("select count(*) from entries").fetchone()[0])
