"""Grids show numbers rounded as sentences have them: Streamlit's own cut off what is finer."""

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from dashboards import columns, formatting
from dashboards.data.tables import rows
from tests.dashboards.sample import ROOT

SHOWN = {
    "share": columns.percent("Share"),
    "amount": columns.money("Amount"),
    "seats": columns.count("Seats"),
    "name": columns.text("Name"),
}
FINE: list[dict[str, Any]] = [
    {"share": -0.0066, "amount": 1078.645, "seats": 3.0, "name": "a"},
    {"share": 0.2035, "amount": -0.004, "seats": 2.5, "name": None},
    {"share": None, "amount": 0.57, "seats": None, "name": "c"},
]
ROUGH = [
    {"share": -0.007, "amount": 1078.65, "seats": 3.0, "name": "a"},
    {"share": 0.204, "amount": 0.0, "seats": 3.0, "name": None},
    {"share": None, "amount": 0.57, "seats": None, "name": "c"},
]


def test_a_table_is_as_fine_as_its_columns_are_shown() -> None:
    shown = columns.rounded(pa.Table.from_pylist(FINE), SHOWN)
    assert rows(shown) == ROUGH
    assert "-0.0" not in str(rows(shown)[1])


def test_so_are_frames_and_lists_of_rows() -> None:
    frame = columns.rounded(pd.DataFrame(FINE), SHOWN)
    assert frame.astype(object).where(frame.notna(), None).to_dict("records") == ROUGH
    exact = [row | {"amount": Decimal(str(row["amount"]))} for row in FINE]
    assert columns.rounded(exact, SHOWN) == ROUGH


@pytest.mark.parametrize("step", [None, 0.01])
def test_what_is_no_number_or_shows_all_stays(step: float | None) -> None:
    column: Any = {"type_config": {"type": "text" if step else "number", "step": step}}
    [row] = columns.rounded([{"x": 0.123456}], {"x": column, "y": None, "z": "Label"})
    assert row == {"x": 0.123456}


def test_no_page_has_a_grid_that_cuts_figures_off() -> None:
    direct = [
        path.name
        for path in sorted((ROOT / "dashboards").rglob("*.py"))
        if "st.dataframe(" in path.read_text(encoding="utf-8")
    ]
    assert direct == ["audit.py", "tables.py"]


FIGURES = {
    "share": columns.percent("Share"),
    "points": columns.points("Points"),
    "amount": columns.money("Amount"),
    "change": columns.money("Change", sign=True),
    "seats": columns.change("Seats"),
    "bar": columns.share("Bar"),
    "quantity": columns.exact("Quantity"),
    "name": columns.text("Name"),
    "ratio": columns.change_ratio("Change"),
}
RISE: dict[str, Any] = {
    "share": 0.204,
    "points": 0.0125,
    "amount": 1234.5,
    "change": 1234.5,
    "seats": 3,
    "bar": 0.5,
    "quantity": 2505.8593,
    "name": "a",
    "ratio": 0.0421,
}
FALL: dict[str, Any] = {
    name: value if isinstance(value, str) else -value for name, value in RISE.items()
}
NONE: dict[str, Any] = dict.fromkeys(RISE, 0.0) | {"name": None}
NULL: dict[str, Any] = dict.fromkeys(RISE)


def texts(shown: Any) -> list[list[str]]:
    """What a grid is sent to show, row by row."""
    proto = ArrowData()
    marshall_styler(proto, shown, "grid")
    table = pa.ipc.open_stream(proto.styler.display_values).read_all()
    return [list(row.values()) for row in rows(table)]


def test_a_grid_says_its_figures_as_sentences_do() -> None:
    shown, config = columns.spoken(pd.DataFrame([RISE, FALL, NONE, NULL]), FIGURES)
    rise, fall, nothing, null = texts(shown)
    without_bar = [0, 1, 2, 3, 4, 6, 7, 8]
    assert [rise[n] for n in without_bar] == [
        *("20.4 %", "+1.3 pts", "1,234.50", "+1,234.50", "+3", "2,505.8593", "a", "+4.2 %")
    ]
    assert [fall[n] for n in without_bar] == [
        *("−20.4 %", "−1.3 pts", "−1,234.50", "−1,234.50", "−3", "−2,505.8593", "a", "−4.2 %")
    ]
    assert [nothing[n] for n in without_bar] == [
        *("0.0 %", "0.0 pts", "0.00", "0.00", "0", "0", "–", "0.0 %")
    ]
    assert [null[n] for n in without_bar] == ["–"] * 8
    # a text of the grid's own would go before the format of a column
    assert config["amount"]["type_config"]["format"] is None
    assert (config["bar"]["type_config"]["format"], shown.data["bar"][0]) == ("%,.1f %%", 50.0)
    assert shown.data["share"][0] == 0.204  # by which it sorts


def test_so_it_does_to_readers_whose_numbers_are_parted_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(formatting, "_reader", lambda: "de-DE")
    [row] = texts(columns.spoken(pd.DataFrame([FALL]), FIGURES)[0])
    assert (row[0], row[2]) == ("−20,4 %", "−1.234,50")


def test_a_long_table_has_the_formats_that_are_nearest() -> None:
    table, config = columns.scrolled(pa.Table.from_pylist([RISE, NONE]), FIGURES)
    assert {
        name: config[name]["type_config"]["format"]
        for name in FIGURES
        if name not in ("quantity", "name")
    } == {
        "share": "%,.1f %%",
        "points": "%+,.1f pts",
        "amount": "localized",
        "change": "localized",
        "seats": "localized",
        "bar": "%,.1f %%",
        "ratio": "%,.1f %%",
    }
    assert (rows(table)[0]["share"], rows(table)[0]["ratio"]) == (20.4, 4.21)
    assert rows(table)[0]["points"] == 1.25
    assert config["bar"]["type_config"]["max_value"] == 100


def test_a_table_without_figures_stays_as_it_is() -> None:
    frame = pd.DataFrame([{"name": "a"}])
    assert columns.spoken(frame, {"name": columns.text("Name")})[0] is frame


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (columns.day("Day"), date(2026, 9, 30), "30 Sep 2026"),
        (columns.month("Month"), pd.Timestamp(2026, 9, 1), "Sep 2026"),
        (columns.moment("At"), pd.Timestamp(2026, 9, 30, 12, 5), "30 Sep 2026 12:05"),
        (columns.day("Day"), pd.NaT, "–"),
        (columns.yes("Yes"), True, "yes"),
        (columns.yes("Yes"), None, "–"),
        (columns.text("Text"), ["a", "b"], "a, b"),
        ("Text", None, "–"),
    ],
)
def test_what_is_no_figure_is_said_in_words(column: Any, value: Any, text: str) -> None:
    say = columns.said(column)
    assert say is not None
    assert say(value) == text


def test_a_line_is_said_in_no_words() -> None:
    assert columns.said(st.column_config.LineChartColumn("Trend")) is None


def test_months_are_days_that_sort_and_are_written_as_in_sentences() -> None:
    written: list[dict[str, Any]] = [
        {"month": "2026-10", "name": "2026-10"},
        {"month": None, "name": None},
    ]
    stated = [{"month": date(2026, 10, 1), "name": "2026-10"}, {"month": None, "name": None}]
    shown = {"month": columns.month("Month"), "name": columns.text("Name")}
    assert shown["month"]["type_config"]["format"] == "MMM YYYY"
    assert rows(columns.dated(pa.Table.from_pylist(written), shown)) == stated
    assert columns.dated(written, shown) == stated
    assert list(columns.dated(pd.DataFrame(written), shown)["month"]) == [date(2026, 10, 1), None]
