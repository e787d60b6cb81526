"""CSV files: exact, complete, and inert in a spreadsheet."""

import csv
import io
from decimal import Decimal

import pyarrow as pa
import pytest

from dashboards.exports.csv import csv_bytes, inert


def test_numbers_are_exact_and_nulls_empty() -> None:
    table = pa.table(
        {
            "name": ["a", 'ü, "quoted"\nline'],
            "amount": pa.array([Decimal("-1234.5600"), None], pa.decimal128(18, 4)),
        }
    )
    content = csv_bytes(table)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [["name", "amount"], ["a", "-1234.5600"], ['ü, "quoted"\nline', ""]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_formulas_become_text(start: str) -> None:
    assert inert(f"{start}cmd()") == f"'{start}cmd()"


def test_harmless_values_stay() -> None:
    assert inert("Acme = fine") == "Acme = fine"
    assert inert(Decimal("-5")) == Decimal("-5")
    assert inert(None) is None
