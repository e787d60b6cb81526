"""Grids show numbers rounded as sentences have them: Streamlit's own cut off what is finer."""

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from dashboards import columns
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
    assert direct == ["frame.py"]


def test_months_are_days_that_sort_and_are_written_as_in_sentences() -> None:
    written: list[dict[str, Any]] = [
        {"month": "2026-10", "name": "2026-10"},
        {"month": None, "name": None},
    ]
    told = [{"month": date(2026, 10, 1), "name": "2026-10"}, {"month": None, "name": None}]
    shown = {"month": columns.month("Month"), "name": columns.text("Name")}
    assert shown["month"]["type_config"]["format"] == "MMM YYYY"
    assert rows(columns.dated(pa.Table.from_pylist(written), shown)) == told
    assert columns.dated(written, shown) == told
    assert list(columns.dated(pd.DataFrame(written), shown)["month"]) == [date(2026, 10, 1), None]
