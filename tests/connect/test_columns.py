"""Numbers and dates are read from whole columns; what cannot be decided is asked."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.connect.columns import Style, profile, style_of
from orchestration.ingest.read import Relation
from orchestration.ingest.style import CellStyle
from orchestration.platform.warehouse import open_memory, quoted
from tests.ingest.homes import make_home

Styled = Callable[[list[str]], Style]


@pytest.fixture(scope="module")
def connection(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    home: Path = tmp_path_factory.mktemp("home")
    with open_memory(make_home(home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def number(connection: duckdb.DuckDBPyConnection) -> Styled:
    return lambda cells: _style(connection, "n", cells, ["n"], [])


@pytest.fixture(scope="module")
def moment(connection: duckdb.DuckDBPyConnection) -> Styled:
    return lambda cells: _style(connection, "t", cells, [], ["t"])


def _style(
    connection: duckdb.DuckDBPyConnection,
    column: str,
    cells: list[str],
    numbers: list[str],
    times: list[str],
) -> Style:
    listed = ", ".join(quoted(cell) for cell in cells)
    relation = Relation(f'select unnest([{listed}]) as "{column}"', {column: "VARCHAR"})
    row_count, counts = profile(connection, relation, [column])
    assert row_count == len(cells)
    return style_of("file.csv", counts, numbers, times, "UTC")


@pytest.mark.parametrize(
    ("cells", "entries"),
    [
        (["1", "20", "300"], {}),
        (["1.5", "2.25"], {}),
        (["1,5", "2"], {"decimal": ","}),
        (["2676,43"], {"decimal": ","}),
        (["0.123"], {}),
        (["0,123"], {"decimal": ","}),
        (["1.234,56"], {"decimal": ",", "thousands": "."}),
        (["1,234.56"], {"thousands": ","}),
        (["1,234", "5.5"], {"thousands": ","}),
        (["1.234", "5,5"], {"decimal": ",", "thousands": "."}),
        (["1,234,567"], {"thousands": ","}),
        (["1.234.567"], {"decimal": ",", "thousands": "."}),
        (["1 234,5"], {"decimal": ",", "thousands": " "}),
        (["1'234.5"], {"thousands": "'"}),
        (["-1,5", "+2,5"], {"decimal": ","}),
        (["", "-", "NULL", "1,5"], {"decimal": ","}),
        # no column of numbers, so it says nothing
        (["1,5", "yes"], {}),
        ([""], {}),
    ],
)
def test_the_signs_of_numbers(cells: list[str], entries: dict[str, str], number: Styled) -> None:
    style = number(cells)
    assert style.entries == entries
    assert style.questions == ()


@pytest.mark.parametrize(
    "cells", [["1.234"], ["1,234", "12,345"], ["1.5", "1,5"], ["1.234.567", "1,234,567"]]
)
def test_signs_that_may_be_either_are_asked(cells: list[str], number: Styled) -> None:
    (question,) = number(cells).questions
    assert (question.key, question.choices) == ("decimal", (".", ","))


@pytest.mark.parametrize(
    ("cells", "entries"),
    [
        (["2025-12-31", "2025-12-31T10:00:00Z"], {}),
        (["31.12.2025", "01.02.2025"], {"date_order": "dmy"}),
        (["12/31/2025 10:00", "1/2/2025"], {"date_order": "mdy"}),
        (["", "None"], {}),
        (["soon", "31.12.2025"], {}),
    ],
)
def test_the_order_of_dates(cells: list[str], entries: dict[str, str], moment: Styled) -> None:
    style = moment(cells)
    assert style.entries == entries
    assert style.questions == ()


@pytest.mark.parametrize("cells", [["01.02.2025", "03.04.2025"], ["31.12.2025", "12.31.2025"]])
def test_dates_that_may_be_either_are_asked(cells: list[str], moment: Styled) -> None:
    (question,) = moment(cells).questions
    assert (question.key, question.choices) == ("date_order", ("dmy", "mdy"))


def test_a_time_zone_is_taken_from_the_header(connection: duckdb.DuckDBPyConnection) -> None:
    column = "Started at (Europe/Berlin)"
    style = _style(connection, column, ["2025-01-01 10:00"], [], [column])
    assert style.entries == {"time_zone": "Europe/Berlin"}


def test_times_without_an_offset_are_named_with_the_zone_they_are_read_in(moment: Styled) -> None:
    assert "times without an offset, read in UTC" in moment(["2025-01-01 10:00"]).words
    assert "times with their offset" in moment(["2025-01-01T10:00:00+01:00"]).words


@settings(deadline=None, max_examples=60)
@given(
    thousandths=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30),
    style=st.sampled_from(
        [
            CellStyle("UTC"),
            CellStyle("UTC", decimal=","),
            CellStyle("UTC", thousands=","),
            CellStyle("UTC", decimal=",", thousands="."),
            CellStyle("UTC", decimal=",", thousands=" "),
            CellStyle("UTC", thousands="'"),
        ]
    ),
    digits=st.integers(0, 3),
)
def test_a_style_is_found_or_asked_and_never_another(
    thousandths: list[int], style: CellStyle, digits: int, number: Styled
) -> None:
    found = number([_written(one, style, digits) for one in thousandths])
    if not found.questions:
        decimal = found.entries.get("decimal", ".")
        thousands = found.entries.get("thousands", "")
        for one in thousandths:
            text = _written(one, style, digits)
            read = text.replace(thousands, "") if thousands else text
            assert read.replace(decimal, ".") == _written(one, CellStyle("UTC"), digits)


def _written(thousandths: int, style: CellStyle, digits: int) -> str:
    text = f"{thousandths / 1000:,.{digits}f}"
    parts = text.replace(",", "\0").replace(".", "\1")
    return parts.replace("\0", style.thousands).replace("\1", style.decimal)


@settings(deadline=None, max_examples=60)
@given(
    days=st.lists(st.dates(date(2020, 1, 1), date(2029, 12, 31)), min_size=1, max_size=30),
    order=st.sampled_from(["dmy", "mdy"]),
    mark=st.sampled_from(["/", ".", "-"]),
)
def test_an_order_of_dates_is_found_or_asked_and_never_the_other(
    days: list[date], order: str, mark: str, moment: Styled
) -> None:
    pattern = f"%d{mark}%m{mark}%Y" if order == "dmy" else f"%m{mark}%d{mark}%Y"
    found = moment([day.strftime(pattern) for day in days])
    is_clear = any(day.day > 12 for day in days)
    assert bool(found.questions) is not is_clear
    assert not is_clear or found.entries == {"date_order": order}


def test_one_late_cell_decides_for_the_whole_column(moment: Styled) -> None:
    first = date(2025, 1, 1)
    early = [f"{first + timedelta(days=day % 12):%d.%m.%Y}" for day in range(5000)]
    assert moment(early).questions
    assert moment([*early, "13.01.2025"]).entries == {"date_order": "dmy"}
