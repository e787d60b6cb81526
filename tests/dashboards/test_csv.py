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


def test_names_are_written_in_the_direction_of_their_own_script() -> None:
    assert inert("\u202egnp.exe \u05e2\u05e1\u05e7\u202c") == "gnp.exe \u05e2\u05e1\u05e7"
    # what stands behind such a mark is a formula, too
    assert inert("\u200f\u2066=cmd()") == "'=cmd()"
    # letters join by this one
    assert (
        inert("\u0646\u0627\u0645\u0647\u200c\u0647\u0627")
        == "\u0646\u0627\u0645\u0647\u200c\u0647\u0627"
    )


def test_harmless_values_stay() -> None:
    assert inert("Acme = fine") == "Acme = fine"
    assert inert(Decimal("-5")) == Decimal("-5")
    assert inert(None) is None
