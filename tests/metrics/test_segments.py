"""Figures of segments, their rank correlation and their intervals against a plain reading."""

from datetime import date

from tests.metrics.conftest import Reported
from tests.metrics.exports import Company, later
from tests.metrics.segments import RATES, Segments

OF_SLICES = ("gross_margin", "expansion_rate")
LOOKING_BACK = ("expansion_rate_3m", "seat_change_3m")


def test_every_rate_of_a_segment_is_made_of_its_accounts(
    segments: Segments, reported: Reported
) -> None:
    metrics = [name for name in RATES if name not in OF_SLICES]
    names = ", ".join(f"'{name}'" for name in metrics)
    rows = reported(
        "select segment, month, metric, value from marts.fct_segment_metrics"
        f" where metric in ({names})"
    )
    expected = {
        (*key, metric, segments.rate(sums, metric))
        for key, sums in segments.sums().items()
        for metric in metrics
    }
    assert set(rows) == expected


def test_every_rate_of_a_slice_is_made_of_its_accounts(
    segments: Segments, reported: Reported
) -> None:
    """Of slices and months that have the rate: one with nothing to divide by has a reason."""
    names = (
        *("utilization", "automation_share", "exposed_share", "discount_leakage"),
        *("unapproved_discount_share", "shock_ticket_share", "gross_margin", "expansion_rate"),
    )
    shown = ", ".join(f"'{name}'" for name in (*names, "arpu"))
    rows = reported(
        "select slice, slice_value, month, metric, value from marts.fct_slice_metrics"
        f" where is_available and metric in ({shown})"
    )
    expected = {
        (*key, metric, value)
        for key, sums in segments.sliced().items()
        for metric, value in [
            *((metric, segments.rate(sums, metric)) for metric in names),
            ("arpu", segments.arpu(sums)),
        ]
        if value is not None
    }
    assert set(rows) == expected


def test_mrr_accounts_and_arpu_are_those_of_a_plain_reading(
    segments: Segments, reported: Reported
) -> None:
    rows = reported(
        "select segment, month, metric, value from marts.fct_segment_metrics"
        " where metric in ('mrr', 'accounts', 'arpu')"
    )
    expected = {
        row
        for key, sums in segments.sums().items()
        for row in (
            (*key, "mrr", sums["mrr"]),
            (*key, "accounts", sums["active"]),
            (*key, "arpu", segments.arpu(sums)),
        )
    }
    assert set(rows) == expected


def test_seats_correlate_with_work_as_spearman_says(
    company: Company, segments: Segments, reported: Reported
) -> None:
    rows = reported(
        "select segment, month, value from marts.fct_segment_metrics"
        " where metric = 'seats_work_correlation'"
    )
    expected = {
        (segment, month, segments.correlation(segment, month))
        for segment in segments.names
        for month in company.months
    }
    assert set(rows) == expected


def test_intervals_are_the_middle_of_two_hundred_weighted_draws(
    company: Company, segments: Segments, reported: Reported
) -> None:
    month: date = later(company.months[-1], -1)
    metrics = [name for name in RATES if name not in (*OF_SLICES, *LOOKING_BACK)]
    names = ", ".join(f"'{name}'" for name in metrics)
    rows = reported(
        "select metric, low, high from marts.fct_segment_metrics"
        f" where segment = 'smb_ai' and month = date '{month}' and metric in ({names})"
    )
    expected = {(metric, *segments.interval(metric, "smb_ai", month)) for metric in metrics}
    assert set(rows) == expected
