"""No kind of change, column, word or threshold of a price book is without a case in the gate."""

from collections.abc import Iterator

import pytest

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference import load_reference
from orchestration.pipeline.rating_chain import BOOK
from orchestration.platform.errors import RequestError
from orchestration.platform.settings import load_settings
from orchestration.whatif.change import parse_changes, parse_row
from orchestration.whatif.changed_book import THRESHOLDS, ChangedCell, cell, changed_book
from orchestration.whatif.currencies import followed
from tests.whatif.gate_cases import CASES, KINDS, REFUSED
from tests.whatif.gate_home import make_gate_home
from tests.whatif.test_whatif import CHANGES


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The price book of the gate's home."""
    home = make_gate_home(tmp_path_factory.mktemp("gate") / "home")
    return load_reference(load_settings(home)).tables


@pytest.fixture(scope="module")
def tried(book: Tables) -> dict[str, tuple[Tables, list[ChangedCell]]]:
    """By case the book as it makes it, and what changes in it."""
    return {
        name: changed_book(
            book,
            followed(book, parse_changes(case.changes))
            if case.currency_variants
            else parse_changes(case.changes),
        )
        for name, case in CASES.items()
    }


def _takes(book: Tables, table: str, column: str) -> bool:
    """Whether `--set` takes the column of any row."""
    for row in book[table]:
        key = ".".join(
            row.text(name)
            for name in REFERENCE[table].key
            if name != "valid_from" and row.values[name] is not None
        )
        try:
            cell(book, f"{table}.{key}.{column}")
        except RequestError:
            continue
        return True
    return False


def _takes_row(change: str) -> bool:
    try:
        parse_row(change)
    except RequestError:
        return False
    return True


def test_every_file_of_the_book_has_rows(book: Tables) -> None:
    """Or nothing would be known of what its cells take."""
    assert [table for table in BOOK if not book[table]] == []


def test_every_column_that_can_be_set_is_set_by_a_case(
    book: Tables, tried: dict[str, tuple[Tables, list[ChangedCell]]]
) -> None:
    settable = {
        (table, column.name)
        for table, spec in REFERENCE.items()
        for column in spec.columns
        if _takes(book, table, column.name)
    }
    assert len(settable) > 50
    cells = {
        (change.table, change.column)
        for _, changes in tried.values()
        for change in changes
        if change.is_of_a_cell
    }
    refused = {
        (change.partition(".")[0], change.partition("=")[0].rpartition(".")[2])
        for change in REFUSED
    }
    assert settable - cells == refused - cells


def test_every_row_that_can_come_or_go_does_in_a_case() -> None:
    changes = [change for case in CASES.values() for change in case.changes]
    for table in REFERENCE:
        for start, example in (
            (f"add {table}.", f"add {table}.x: a=b"),
            (f"remove {table}.", f"remove {table}.x"),
        ):
            is_tried = any(one.startswith(start) for one in changes)
            assert is_tried == _takes_row(example), start


def test_every_threshold_that_can_be_set_is_set_by_a_case(
    book: Tables, tried: dict[str, tuple[Tables, list[ChangedCell]]]
) -> None:
    settable = {
        row.text("name")
        for row in book["thresholds"]
        if row.text("name").startswith(THRESHOLDS) and row.values["segment"] is None
    }
    assert settable == {
        change.row_before["name"]
        for _, changes in tried.values()
        for change in changes
        if change.table == "thresholds"
    }


def _words(tables: Tables) -> Iterator[tuple[str, str, str | None]]:
    for table in BOOK:
        for column in REFERENCE[table].columns:
            if column.allowed:
                yield from ((table, column.name, row.values[column.name]) for row in tables[table])


def test_every_word_of_the_price_book_is_in_the_book_or_a_case(
    book: Tables, tried: dict[str, tuple[Tables, list[ChangedCell]]]
) -> None:
    """So that a charge model or a way to bill seats that is new comes with a case."""
    allowed = {
        (table, column.name, word)
        for table in BOOK
        for column in REFERENCE[table].columns
        for word in column.allowed
    }
    used = set(_words(book))
    for changed, _ in tried.values():
        used |= set(_words(changed))
    assert {word for word in allowed if word not in used} == set()


def test_the_gate_has_the_kinds_that_the_demo_is_tried_with() -> None:
    assert set(KINDS) == set(CHANGES)
    assert len(KINDS) >= 28
