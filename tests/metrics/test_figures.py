"""Figures of slices, value fit, trends and work against a plain reading."""

import pytest

from tests.metrics.activity import Activity
from tests.metrics.conftest import Reported
from tests.metrics.figures import RETAINED, SHARES, SUMS, Figures
from tests.metrics.segments import Segments


@pytest.fixture(scope="module")
def figures(segments: Segments, activity: Activity) -> Figures:
    return Figures(segments, activity)


def test_the_figures_of_every_slice_are_those_of_a_plain_reading(
    figures: Figures, reported: Reported
) -> None:
    names = [*SHARES, *SUMS, *RETAINED, *(f"{name}_with_usage" for name in RETAINED)]
    rows = reported(
        "select slice, slice_value, month, metric, value from marts.fct_slice_metrics"
        f" where is_available and metric in ({', '.join(repr(name) for name in names)})"
    )
    assert set(rows) == {(*key, value) for key, value in figures.values().items()}


def test_seats_go_with_work_in_every_slice_as_a_plain_reading_says(
    figures: Figures, reported: Reported
) -> None:
    rows = reported(
        "select slice, slice_value, month, basis, accounts, correlation from marts.fct_value_fit"
    )
    assert set(rows) == {(*key, *row) for key, row in figures.value_fit().items()}


def test_the_trends_of_every_segment_are_those_of_a_plain_reading(
    figures: Figures, reported: Reported
) -> None:
    expected = figures.trends()
    names = ", ".join(repr(name) for name in sorted({key[2] for key in expected}))
    rows = reported(
        "select segment, month, metric, value from marts.fct_segment_metrics"
        f" where metric in ({names})"
    )
    assert set(rows) == {(*key, value) for key, value in expected.items()}


def test_the_work_of_every_account_is_that_of_a_plain_reading(
    figures: Figures, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, meter, actor_type, quantity, successful_quantity,"
        " event_count, user_count from marts.fct_usage_monthly"
    )
    assert set(rows) == {(*key, *row) for key, row in figures.work().items()}
