"""A workbook's sheet is read as it shows, exactly, and is refused where it cannot be."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from orchestration.ingest.land import land_export
from orchestration.ingest.sheets import SheetFault, cell_text, write_sheet
from orchestration.platform.errors import InputError
from tests.ingest.homes import build, make_home, write

MORNING = datetime(2025, 1, 2, 10)  # noqa: DTZ001  # a sheet knows no time zone
LAST = datetime(2025, 3, 30, 23, 59, 59, 999000)  # noqa: DTZ001  # nor does this
HEADER: list[object] = ["Event ID", "Account ID", "Occurred at", "Meter", "Quantity"]


def save(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("00123", "00123"),
        (17850.0, "17850"),
        (2676.43, "2676.43"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (999999999999999.0, "999999999999999"),
        (1e15, None),
        (True, "true"),
        (date(2025, 12, 31), "2025-12-31"),
        (LAST, "2025-03-30T23:59:59.999000"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
    ],
)
def test_a_cell_is_the_text_that_it_shows(cell: object, text: str | None) -> None:
    assert cell_text(cell) == text  # type: ignore[arg-type]  # one of the types of a cell


def test_a_workbook_lands_like_a_csv_file(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    rows: list[list[object]] = [
        HEADER,
        ["u1", "a1", MORNING, "resolutions", 2676.43],
        [None, None, None, None, None],
        ["u2", "a2", date(2025, 2, 1), "resolutions", "3,5"],
    ]
    save(settings.exports / "usage_events.xlsx", {"Empty": [], "Usage": rows})
    built = build(settings)
    assert built.rows("select event_id, occurred_at, quantity from raw.usage_events") == [
        ("u1", MORNING, Decimal("2676.430000"))
    ]
    ((sentence,),) = built.rows("select sentence from raw.quarantine")
    assert "quantity is «3,5»" in sentence
    assert 'set `decimal: ","` in a mapping of this file' in sentence


def test_a_workbook_lands_once(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    rows: list[list[object]] = [HEADER, ["u1", "a1", MORNING, "resolutions", 5]]
    save(settings.exports / "usage_events.xlsx", {"Usage": rows})
    assert [land_export(settings, "usage_events").new_files for _ in range(2)] == [1, 0]


def test_a_mapping_names_the_sheet(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    rows: list[list[object]] = [HEADER, ["u1", "a1", date(2025, 1, 2), "resolutions", 5]]
    save(settings.exports / "book.xlsx", {"Notes": [["hello"]], "Usage": rows})
    write(
        settings.mappings / "book.yml",
        'sources: {book: {pattern: "book.xlsx", format: xlsx, sheet: Usage}}\n'
        'targets: {usage_events: {select: \'select _row, "Event ID" as event_id, "Account ID" '
        'as account_id, "Occurred at" as occurred_at, Meter as meter, Quantity as quantity '
        "from book'}}\n",
    )
    assert build(settings).rows("select event_id, quantity from raw.usage_events") == [("u1", 5)]


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        (
            {"A": [["x"]], "B": [["y"]]},
            "has 2 sheets with cells (`A`, `B`); name one with `sheet:` in a mapping",
        ),
        ({"A": []}, "has 0 sheets with cells (none); send the file again"),
        (
            {"A": [["id"], [1234567890123456789]]},
            "a spreadsheet holds only 15 digits of a number; format the column as text",
        ),
    ],
)
def test_a_workbook_that_is_not_clear_is_refused_with_what_to_do(
    sheets: dict[str, list[list[object]]], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(SheetFault) as fault:
        write_sheet(save(tmp_path / "book.xlsx", sheets), tmp_path / "out.csv")
    assert sentence in str(fault.value)


def test_what_is_no_workbook_is_refused_by_name(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    write(settings.exports / "usage_events.xlsx", "event_id,account_id\n")
    with pytest.raises(InputError, match=r"usage_events\.xlsx is not an \.xlsx workbook"):
        land_export(settings, "usage_events")
