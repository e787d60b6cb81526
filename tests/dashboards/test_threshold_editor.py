"""Lines changed on the Triggers page: kept for the next refresh, logged for good, undone."""

import shutil
import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import access
from dashboards.access import LOCAL
from dashboards.data import threshold_edits
from dashboards.data.journal import CannotWrite
from dashboards.data.threshold_edits import Change, Lines, log, pending, save, undone
from dashboards.data.warehouse import current
from orchestration.homes.threshold_changes import Key
from tests.dashboards import sample
from tests.dashboards.conftest import OpenPage

FIRST = Lines(Decimal("0.700000"), Decimal("0.730000"))
TRIED = Lines(Decimal("0.6"), Decimal("0.63"))
CHANGE = Change(Key("utilization"), None, TRIED, "=cmd() <b>The board</b> wants it.")


@pytest.fixture
def home(tmp_path: Path, homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published home of the test's own."""
    shutil.copytree(homes["whole"], tmp_path, dirs_exist_ok=True)
    monkeypatch.setitem(homes, "own", tmp_path)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    monkeypatch.setattr(threshold_edits, "now", lambda: sample.AS_OF + timedelta(hours=1))
    return tmp_path


def written(home: Path) -> str:
    return (home / "reference" / "thresholds.csv").read_text(encoding="utf-8")


def said(page: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*page.caption, *page.info, *page.error, *page.markdown))


def changes(page: AppTest) -> pd.DataFrame:
    """The log as the page shows it."""
    found: pd.DataFrame = next(
        one.value for one in page.dataframe if "changed_at" in one.value.columns
    )
    return found


def test_a_change_is_written_logged_and_waits(home: Path) -> None:
    assert threshold_edits.row_to_change(current(), "utilization", "all") == (CHANGE.key, None)
    save(current(), LOCAL, CHANGE)
    assert "utilization,,,0.6,0.63,below,ratio" in written(home)
    assert threshold_edits.row_to_change(current(), "utilization", "all") == (CHANGE.key, TRIED)
    (kept,) = log()
    assert (kept.author, kept.before, kept.after, kept.why) == ("local", None, TRIED, CHANGE.why)
    assert kept.changed_at == (sample.AS_OF + timedelta(hours=1)).replace(tzinfo=None)
    assert pending(current()) == [kept]
    save(current(), LOCAL, undone(kept))
    assert "utilization" not in written(home)
    assert [change.after for change in log()] == [None, TRIED]
    assert log()[0].why.startswith("Undone: =cmd()")


def test_what_a_refresh_took_up_waits_no_more(home: Path) -> None:
    save(current(), LOCAL, Change(CHANGE.key, None, FIRST, "As it is."))
    assert pending(current()) == []


@pytest.mark.parametrize(
    "sql", ["update threshold_changes set why = 'x'", "delete from threshold_changes"]
)
def test_the_log_is_never_changed(home: Path, sql: str) -> None:
    save(current(), LOCAL, CHANGE)
    connection = sqlite3.connect(home / "decisions.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        connection.execute(sql)
    connection.close()


def test_what_is_refused_leaves_file_and_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(current(), LOCAL, CHANGE)
    before = written(home)
    for change, shown in (
        (CHANGE, "changed in the meantime"),
        (Change(CHANGE.key, TRIED, FIRST, " "), "Give a reason"),
        (Change(CHANGE.key, TRIED, FIRST, "x" * 501), "501 characters"),
        (Change(CHANGE.key, TRIED, Lines(Decimal("0.6"), Decimal("0.5")), "x"), "clear at or"),
    ):
        with pytest.raises(CannotWrite, match=shown):
            save(current(), LOCAL, change)

    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(threshold_edits, "write_thresholds", refuse)
    with pytest.raises(CannotWrite, match="Nothing was changed"):
        save(current(), LOCAL, Change(CHANGE.key, TRIED, FIRST, "x"))
    assert written(home) == before
    assert len(log()) == 1


def test_a_line_is_tried_kept_and_undone_on_the_page(open_page: OpenPage, home: Path) -> None:
    page = open_page("triggers", "own")
    assert not page.exception
    assert "No line has been changed here yet" in said(page)
    page.selectbox(key="line_metric").set_value("utilization").run()
    fires = next(box for box in page.number_input if box.label.startswith("Fires below"))
    assert fires.value == 70.0
    assert page.button(key="line_keep").disabled
    fires.set_value(60.0)
    stops = next(box for box in page.number_input if box.label.startswith("Stops above"))
    stops.set_value(63.0)
    page.text_input(key="line_why").set_value(CHANGE.why).run()
    assert not page.exception
    assert "0 months of 12 are below 60" in said(page).replace("\\", "")
    page.button(key="line_keep").click().run()
    assert not page.exception
    assert "utilization,,,0.6,0.63,below,ratio" in written(home)
    assert "1 change waits for the next refresh" in said(page)
    assert "<b>" not in said(page)
    table = changes(page)
    assert list(table["state"]) == ["waits for a refresh"]
    assert list(table["before"]) == ["no row of the home's own"]
    assert list(table["after"]) == ["fires at 0.6, stops at 0.63"]
    page.button(key="line_undo").click().run()
    assert not page.exception
    assert "utilization" not in written(home)
    assert len(log()) == 2


def test_a_file_that_is_no_text_is_said_and_stays(open_page: OpenPage, home: Path) -> None:
    save(current(), LOCAL, CHANGE)
    file = home / "reference" / "thresholds.csv"
    file.write_bytes(b"name,fires_at\n\xff\xfe\x00,1\n")
    page = open_page("triggers", "own")
    assert not page.exception
    assert "thresholds" in page.error[0].value
    page.button(key="line_undo").click().run()
    assert not page.exception
    assert len([one for one in page.error if "thresholds" in one.value]) == 2
    assert file.read_bytes() == b"name,fires_at\n\xff\xfe\x00,1\n"
    assert len(log()) == 1


def test_other_roles_see_the_log_and_no_editor(
    open_page: OpenPage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(current(), LOCAL, CHANGE)
    monkeypatch.setattr(access, "LOCAL", access.Person("eve", "product"))
    page = open_page("triggers", "own")
    assert not page.exception
    keys = {button.key for button in page.button}
    assert not {"line_keep", "line_undo"} & keys
    assert "changed by the people who run this dashboard" in said(page)
    assert list(changes(page)["state"]) == ["waits for a refresh"]
