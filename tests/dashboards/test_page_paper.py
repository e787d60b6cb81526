"""Every page on paper: it shows what the screen shows, and says what it leaves to a file."""

import io
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from dashboards import columns
from dashboards.charts.cached import in_light
from dashboards.charts.decision import revenue_ranges
from dashboards.charts.theme import DARK, LIGHT
from dashboards.data.tables import rows
from dashboards.exports.page_paper import MOST_ROWS, PagePaper, page_pdf
from dashboards.view import Drawing, Figure, Listed, Said
from tests.dashboards.conftest import PAGES
from tests.dashboards.offered import Files, view_of, watched
from tests.dashboards.sample import AS_OF
from tests.dashboards.test_png import RANGES

pytestmark = pytest.mark.slow

OpenPage = Callable[..., AppTest]
LONG = pd.DataFrame({"n": [float(n) for n in range(100)], "name": [f"row {n}" for n in range(100)]})
SHOWN = {"n": columns.money("Amount", "USD", sign=True), "name": columns.name("Name")}
TABLE = Listed("All rows", LONG, SHOWN, None, 100, "rows.csv")
EMPTY = PagePaper(
    company="Harbordesk",
    page="Cohorts",
    question="Is the quality of revenue holding?",
    takeaway="NRR is 103.0 %.",
    filters={"Segment": "smb"},
    as_of=AS_OF,
    generation=7,
    small_print="price book p1",
    parts=(),
    definitions=(("fct_x", "One row per x."),),
)


def printed(content: bytes) -> str:
    """All that is written in a document, as one line."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def on_paper(page: AppTest, files: Files) -> bytes:
    """The page as the Export menu gives it."""
    page.button(key="key_export").click().run()
    assert not page.exception
    [made] = [made for file, made in files.items() if file.startswith("seatshift-page-")]
    return made()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_printed_with_the_figures_of_its_screen(
    name: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = watched(monkeypatch)
    page = open_page(name, **({"account": "a01"} if name == "account" else {}))
    content = on_paper(page, files)
    text = printed(content).replace(" ", "")
    assert view_of(page).takeaway.replace(" ", "") in text
    for metric in page.metric:
        assert str(metric.value).replace(" ", "") in text, metric.label
    stated = 0
    for table in page.dataframe:
        values = table.proto.arrow_data.styler.display_values
        if not values or not table.proto.columns:
            continue
        for row in rows(pa.ipc.open_stream(values).read_all())[:MOST_ROWS]:
            for column in set(row) & set(SAID.get(name, ())):
                assert str(row[column]).replace(" ", "") in text, (column, row[column])
                stated += 1
    assert stated or name not in SAID
    assert len(PdfReader(io.BytesIO(content)).pages[0].images) == 0


# columns of figures by page
SAID = {
    "cohorts": ("previous_closing", "closing"),
    "seat_utilization": ("idle_amount_reporting", "utilization_28d"),
    "shadow_billing": ("current_reporting", "difference_ratio"),
    "bill_shock": ("monthly_cost", "monthly_increase_reporting"),
    "account": ("current_amount", "difference"),
    "timing": ("mrr", "monthly_change"),
    "economics": ("revenue", "margin_ratio"),
    "data_health": ("expected", "known_now"),
}


def test_a_page_says_what_it_is_of_which_data_and_which_page_of_how_many() -> None:
    content = page_pdf(replace(EMPTY, parts=(Figure("NRR", "103.0 %", "12 months"), Said("None."))))
    text = printed(content)
    for stated in (
        "Harbordesk: Cohorts. Is the quality of revenue holding?",
        "Segment: smb · data as of",
        "generation 7",
        "NRR is 103.0 %.",
        "12 months",
        "None.",
        "fct_x — One row per x.",
        "price book p1",
        "page 1/1",
    ):
        assert stated in text
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    assert box.width > box.height


def test_a_long_table_says_which_file_has_all_of_it() -> None:
    text = printed(page_pdf(replace(EMPTY, parts=(TABLE,))))
    assert "row 39" in text and "row 40" not in text
    assert "+39.00" in text and " 0.00" in text
    assert "The first 40 of 100 rows; Export offers all of them as rows.csv." in text


def test_one_without_a_file_is_printed_whole() -> None:
    text = printed(page_pdf(replace(EMPTY, parts=(replace(TABLE, file=None),))))
    assert "row 99" in text and "The first" not in text


def test_columns_that_do_not_fit_follow_below_beside_the_name_of_their_row() -> None:
    names = [f"column {n}" for n in range(30)]
    wide = pd.DataFrame([{"name": "one", **dict.fromkeys(names, 1234567.5)}])
    shown = {name: columns.money(name) for name in names} | {"name": columns.name("Name")}
    text = printed(page_pdf(replace(EMPTY, parts=(Listed("Wide", wide, shown, None, 1),))))
    assert text.count("1,234,567.50") == 30
    assert text.count("Further columns of the same rows") == text.count(" one ") - 1 > 0


def test_charts_are_light_and_their_letters_are_text() -> None:
    dark = revenue_ranges(RANGES, DARK, "smb: +4.0 %", -0.01, 80)
    assert (
        in_light(dark).to_dict()["config"]
        == (revenue_ranges(RANGES, LIGHT, "smb: +4.0 %", -0.01, 80).to_dict()["config"])
    )
    paper = replace(EMPTY, parts=tuple(Drawing(dark) for _ in range(7)))
    text = printed(page_pdf(paper))
    assert text.count("smb: +4.0 %") == 7
    assert text.count("<b>=1+1</b>") == 7


def test_a_page_that_ends_early_says_what_it_was_made_with_as_well(open_page: OpenPage) -> None:
    page = open_page("account")
    assert "Choose an account" in page.subheader[0].value
    assert any("price book" in str(caption.value) for caption in page.caption)
