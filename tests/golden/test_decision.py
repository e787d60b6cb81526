"""Where to start and what is to come, worked by hand: waves, projections, statements."""

from pathlib import Path

import pytest

from tests.golden.runner import Expectation, differences, expectations

CASES = expectations("decision")


@pytest.mark.parametrize("expectation", CASES, ids=lambda e: f"{e.case}-{e.model}")
def test_the_models_give_what_was_worked_by_hand(
    golden_warehouse: Path, expectation: Expectation
) -> None:
    missing, surplus = differences(golden_warehouse, expectation)
    assert (missing, surplus) == ([], [])


def test_cases_are_found() -> None:
    assert len(CASES) > 1
