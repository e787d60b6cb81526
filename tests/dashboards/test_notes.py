"""Notes on pages: kept by page, segment and month, marked on charts, inert whatever they say."""

import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import view
from dashboards.access import LOCAL
from dashboards.charts.account import seats_timeline
from dashboards.charts.notes import noted
from dashboards.charts.theme import DARK, LIGHT, Palette
from dashboards.data import freshness, journal
from dashboards.data.journal import Entry, record
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from dashboards.exports.xlsx import xlsx_bytes
from dashboards.shell import notes
from tests.dashboards import sample
from tests.dashboards.conftest import PAGES, OpenPage

HOSTILE = "=cmd() <script>alert(1)</script> ![x](http://evil.example/x.png)\n**bold** $x$ \u202e"
# pages with a chart over the months that have closed
MARKED = (
    "triggers",
    "seat_utilization",
    "bill_shock",
    "shadow_billing",
    "account",
    "economics",
    "data_health",
)
KEEP = "FormSubmitter:note-Add note"


@pytest.fixture
def own(
    homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_page: OpenPage
) -> OpenPage:
    """Pages of a home of the test's own, with the whole sample."""
    var = homes["whole"] / "var"
    (tmp_path / "settings.toml").write_text(sample.SETTINGS, encoding="utf-8")
    (tmp_path / "var").symlink_to(var, target_is_directory=True)
    monkeypatch.setitem(homes, "own", tmp_path)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    monkeypatch.setattr(journal, "now", freshness.now)

    def opened(page: str, **query: str) -> AppTest:
        return open_page(page, "own", **query)

    return opened


def stated(page: AppTest) -> str:
    return "\n".join(str(element.value) for element in (*page.markdown, *page.caption))


def specs(page: AppTest) -> list[str]:
    return [json.dumps(json.loads(chart.proto.spec)) for chart in page.get("vega_lite_chart")]


def test_every_page_shows_its_notes_and_takes_one_more_beside_its_link_and_files(
    own: OpenPage,
) -> None:
    for name in PAGES:
        asked = "a01" if name == "account" else None
        record(
            current(),
            LOCAL,
            Entry(segment="all", page=name, account_id=asked, text=f"of {name}", period="2026-10"),
        )
    for name in PAGES:
        page = own(name, **({"account": "a01"} if name == "account" else {}))
        assert not page.exception
        assert f"of {name}" in stated(page).replace("\\", "")
        assert bool([spec for spec in specs(page) if '"Note"' in spec]) == (name in MARKED)
        assert page.text_area(key="note_text")
        assert [page.button(key=f"header_{name}").label for name in ("link", "export")] == [
            "Copy link",
            "Export",
        ]


def test_a_note_is_marked_in_its_month_and_numbered(own: OpenPage) -> None:
    page = own("triggers", segment="smb")
    assert not any('"Note"' in spec for spec in specs(page))
    page.text_area(key="note_text").set_value("Prices rose.")
    page.selectbox(key="note_month").set_value("2026-09")
    page.button(key=KEEP).click().run()
    assert not page.exception
    (kept,) = journal.notes("triggers", "smb")
    assert (kept["period"], kept["segment"], kept["author"]) == ("2026-09", "smb", "local")
    assert any('"Note"' in spec for spec in specs(page))
    assert "**1** · Sep 2026 — Prices rose\\." in stated(page)
    assert page.toast[0].value == "Note saved."
    # on another segment, and outside the months shown, there is no mark
    assert not any('"Note"' in spec for spec in specs(own("triggers", segment="enterprise")))
    page.text_area(key="note_text").set_value(" ")
    page.button(key=KEEP).click().run()
    assert "is empty" in page.error[0].value
    assert len(journal.notes("triggers", "smb")) == 1


def test_a_note_on_an_account_stays_with_it(own: OpenPage) -> None:
    page = own("account", account="a01")
    page.text_area(key="note_text").set_value("Asked for an offer.")
    page.selectbox(key="note_month").set_value("2026-10")
    page.button(key=KEEP).click().run()
    assert not page.exception
    assert sum('"Note"' in spec for spec in specs(page)) == 3  # bills, seats and work
    assert "Asked for" in stated(page)
    assert "Asked for" not in stated(own("account", account="a02"))


def test_hostile_notes_stay_text_on_the_page_in_charts_and_in_files(own: OpenPage) -> None:
    record(current(), LOCAL, Entry(segment="all", page="cohorts", period="2026-10", text=HOSTILE))
    page = own("cohorts")
    assert not page.exception
    for markup in ("<script", "![x](", "**bold**", "$x$"):
        assert markup not in stated(page).replace("\\<", "")
    seen = view.View(current(), "cohorts", "")
    table = notes.as_table(seen)
    assert rows(table)[0]["note"] == HOSTILE
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table, {}, notes=table)))
    assert book.sheetnames == ["Data", "About", "Notes"]
    cell = next(cell for cell in book["Notes"][2] if str(cell.value).startswith("=cmd"))
    assert cell.data_type == "s"
    assert openpyxl.load_workbook(io.BytesIO(xlsx_bytes(table, {}))).sheetnames == ["Data", "About"]


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_marks_keep_the_charts_own_title_and_look(colors: Palette) -> None:
    seats = pd.DataFrame(
        {
            "month": ["2026-09", "2026-10"],
            "billable_seats": [10.0, 10.0],
            "active_seats": [7.0, 6.5],
            "utilization": [0.7, 0.65],
        }
    )
    plain = seats_timeline(seats, colors, "Seats")
    marks = pd.DataFrame({"month": ["2026-10"], "label": ["1,2"], "text": ["<b>x</b>"]})
    spec = noted(plain, marks, colors).to_dict()
    assert spec["title"]["text"] == "Seats"
    assert spec["height"] == 300
    assert spec["config"] == plain.to_dict()["config"]
    disc, number = spec["layer"][1:]
    assert (disc["mark"]["color"], number["mark"]["color"]) == (colors.ink, colors.ground)
    assert number["encoding"]["text"]["field"] == "label"
    assert disc["encoding"]["x"]["field"] == "month"
