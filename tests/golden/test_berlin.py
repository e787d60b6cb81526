"""A company that bills in Berlin: local days and months, and the accuracy floor as shipped."""

from pathlib import Path

import pytest

from tests.golden.runner import Expectation, differences, expectations

CASES = expectations("berlin")


@pytest.mark.parametrize("expectation", CASES, ids=lambda e: f"{e.case}-{e.model}")
def test_the_models_give_what_was_worked_by_hand(
    berlin_warehouse: Path, expectation: Expectation
) -> None:
    missing, surplus = differences(berlin_warehouse, expectation)
    assert (missing, surplus) == ([], [])


def test_cases_are_found() -> None:
    assert len(CASES) >= 6
