"""Workbooks: typed, equal to the rows, inert, and they say where they come from."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from dashboards import view
from dashboards.data import cohorts
from dashboards.data.definitions import column_definitions
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from dashboards.exports.xlsx import workbook_bytes, xlsx_bytes
from dashboards.shell import downloads
from tests.dashboards.conftest import OpenPage
from tests.dashboards.offered import view_of

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "{=A1}",
    "http://example.com/x",
    "<script>alert(1)</script>",
    "\u202eevil \u05d0\u05d1 👩‍💻",
    "tab\tand\nline\x07bell",
    "x" * 40_000,
    "007",
]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_values_keep_their_kinds_and_nulls_stay_empty() -> None:
    table = pa.table(
        {
            "amount": pa.array([Decimal("-1234.5600"), None], pa.decimal128(18, 4)),
            "share": pa.array([Decimal("0.042000"), None], pa.decimal128(18, 6)),
            "seats": [12, None],
            "renewal_date": pa.array([date(2026, 11, 1), None], pa.date32()),
            "known_at": pa.array(
                [datetime(2026, 11, 1, 6, 30, tzinfo=UTC), None], pa.timestamp("us", "UTC")
            ),
            "is_shock": [True, None],
            "trend": [[1.5, 2.5], None],
            "ratio": pa.array([0.5, float("nan")]),
        }
    )
    sheet = opened(xlsx_bytes(table, {}))["Data"]
    assert [cell.value for cell in sheet[1]] == table.column_names
    assert [cell.value for cell in sheet[2]] == [
        -1234.56,
        0.042,
        12,
        datetime(2026, 11, 1),  # noqa: DTZ001 - a sheet's dates have no zone
        datetime(2026, 11, 1, 6, 30),  # noqa: DTZ001
        True,
        "1.5, 2.5",
        0.5,
    ]
    assert all(cell.value is None for cell in sheet[3])
    assert sheet["A2"].number_format.startswith("#,##0.00")
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "A2"


def test_texts_are_texts_whatever_they_say() -> None:
    names = pa.table({"=name()": HOSTILE})
    sheet = opened(xlsx_bytes(names, {"=1+1": "=2+2"}, [("=a", "=b")]))
    data = [cell for line in sheet["Data"] for cell in line]
    about = [cell for line in sheet["About"] for cell in line if cell.value is not None]
    assert {cell.data_type for cell in (*data, *about)} == {"s"}
    assert not any(cell.hyperlink for cell in data)
    values = [cell.value for cell in data]
    assert values[1:6] == HOSTILE[:5]
    assert values[7] == HOSTILE[6].removeprefix("\u202e")
    assert values[10] == "007"
    assert len(str(values[9])) == 32_767


def test_the_second_sheet_says_what_the_data_is(
    homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["hostile"]))
    snapshot = current()
    table = snapshot.answer("select account_id, segment, months from marts.fct_migration_shock")
    seen = view.View(snapshot, "shadow_billing", "", filters={"Segment": "smb"})
    seen.models.append("fct_migration_shock")
    offered = view.Export(name="movers", label="Download", table=table)
    definitions = column_definitions(snapshot, tuple(seen.models), tuple(table.column_names))
    book = opened(xlsx_bytes(table, downloads.source_of(seen, offered.name), definitions))
    stated = {line[0].value: line[1].value for line in book["About"] if line[0].value}
    assert stated["Segment"] == "smb"
    assert stated["Data as of"] == "10 Nov 2026 06:00 UTC"
    assert stated["Generation"] == "1"
    assert "closed months" in str(stated["months"]).lower()
    assert [[cell.value for cell in line] for line in book["Data"].iter_rows(min_row=2)] == [
        list(row.values()) for row in rows(table)
    ]


def test_an_empty_table_is_a_workbook_with_a_header() -> None:
    empty = pa.table({"name": pa.array([], pa.string())})
    assert [cell.value for cell in opened(xlsx_bytes(empty, {}))["Data"][1]] == ["name"]


def test_files_hold_what_the_screen_shows(open_page: OpenPage) -> None:
    page = open_page("shadow_billing", segment="smb")
    seen = view_of(page)
    assert seen.filters == {
        "Segment": "smb",
        "Proposal": "Hybrid seat + outcome",
        "Billed in": "All currencies",
        "From": "Nov 2025",
        "To": "Oct 2026",
        "Compare with": "none",
        "Order": "Largest rise first",
    }
    movers = next(export.table for export in seen.exports if export.name == "shadow-accounts")
    shown = page.dataframe[-1].value
    sheet = opened(xlsx_bytes(movers, {}))["Data"]
    filed = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
    assert len(filed) == len(shown) == 5
    column = movers.column_names.index("proposed_reporting")
    assert [line[column] for line in filed] == list(shown["proposed_reporting"])
    assert seen.models[0] == "fct_shadow_bills"


def test_the_workbook_for_models_has_mrr_by_account_and_month_and_its_roll_forward(
    homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(homes["whole"]))
    months = ["2026-09", "2026-10"]
    moved = [
        row
        for row in rows(cohorts.movements(current(), "all", "subscription"))
        if row["month"] in months
    ]
    names = {"previous_closing": "Opening", "expansion": "Expansion", "closing": "Closing"}
    sheets = (
        ("MRR per subscriber", cohorts.mrr_by_account(current(), "all", "subscription", months)),
        ("MRR roll-forward", cohorts.roll_forward(moved, names)),
    )
    book = opened(workbook_bytes(sheets, {"Company": "Sample"}))
    assert book.sheetnames == ["MRR per subscriber", "MRR roll-forward", "About"]
    subscribers = list(book["MRR per subscriber"].iter_rows(values_only=True))
    assert subscribers[0] == ("account_id", "account_name", "segment", *months)
    assert subscribers[1] == ("a01", "Account 1", "smb_ai", 390, 390)
    forward = list(book["MRR roll-forward"].iter_rows(values_only=True))
    assert forward[0] == ("line", *months)
    assert [line[0] for line in forward[1:]] == list(names.values())
    closing = sum(float(str(line[-1])) for line in subscribers[1:])
    assert closing == forward[-1][-1] == 4560
