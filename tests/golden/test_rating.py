"""Bills worked by hand, the worked examples of the price model among them, to the cent."""

from pathlib import Path

import pytest

from tests.golden.runner import Expectation, differences, expectations
from tests.rating.sentences import lines_without_amount

CASES = expectations("rating")


@pytest.mark.parametrize("expectation", CASES, ids=lambda e: f"{e.case}-{e.model}")
def test_the_models_give_what_was_worked_by_hand(
    golden_warehouse: Path, expectation: Expectation
) -> None:
    missing, surplus = differences(golden_warehouse, expectation)
    assert (missing, surplus) == ([], [])


def test_every_sentence_ends_with_the_amount_of_its_line(golden_warehouse: Path) -> None:
    assert lines_without_amount(golden_warehouse) == []


def test_cases_are_found() -> None:
    assert len(CASES) >= 12
