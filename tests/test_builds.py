"""Tests that build a warehouse say so: by their fixtures, or by themselves."""

import pytest

from orchestration.pipeline import dbt_runner
from tests.builds import MARKER, builds


@pytest.fixture
@builds
def built() -> str:
    return "a warehouse"


@pytest.fixture
def copied(built: str) -> str:
    return f"a copy of {built}"


def test_a_test_is_marked_through_whatever_asks_for_the_build(
    copied: str, request: pytest.FixtureRequest
) -> None:
    assert request.node.get_closest_marker(MARKER) is not None


def test_dbt_does_not_start_for_a_test_without_the_marker(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker(MARKER) is None
    with pytest.raises(pytest.fail.Exception, match="builds a warehouse and does not say so"):
        dbt_runner._prepare()


@pytest.mark.builds
def test_dbt_starts_for_a_test_with_the_marker() -> None:
    dbt_runner._prepare()
