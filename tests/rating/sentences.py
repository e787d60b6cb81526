"""The sentence of a line ends with the amount that the line bills."""

from decimal import Decimal
from pathlib import Path

from tests.rating.money import MINOR_UNITS
from tests.rating.warehouse import query

LINES = """
select account_id, month, scenario_id, line_number, currency, amount, explanation
from marts.fct_shadow_bill_lines
"""


def written(amount: Decimal, currency: str) -> str:
    """The amount with its currency's decimal places."""
    return f"{amount:.{MINOR_UNITS[currency]}f}"


def lines_without_amount(warehouse: Path) -> list[str]:
    """Every line of a warehouse whose sentence does not end with its amount."""
    return [
        f"{account_id} {month} {scenario_id} {number}: {amount}, but {sentence!r}"
        for account_id, month, scenario_id, number, currency, amount, sentence in query(
            warehouse, LINES
        )
        if not sentence.endswith(f" {written(amount, currency)}.")
    ]
