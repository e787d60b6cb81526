"""Cohort retention, trailing retention and time to upgrade against a plain reading."""

import pytest

from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.retention import SMALL, Retention
from tests.metrics.revenue import VERSIONS, Mrr

MEASURES = (
    "accounts_start, accounts_retained, mrr_start, mrr_retained, mrr_retained_capped,"
    " mrr_expansion, nrr, grr, logo_retention, expansion_ratio, is_small"
)


@pytest.fixture(scope="module", params=VERSIONS)
def retention(request: pytest.FixtureRequest, company: Company, mrr: Mrr) -> Retention:
    return Retention(company, mrr, str(request.param))


def test_the_retention_of_every_cohort_is_that_of_a_plain_reading(
    retention: Retention, reported: Reported
) -> None:
    rows = reported(
        f"select cohort_month, age_months, segment, {MEASURES}, is_mature"
        f" from marts.fct_cohort_retention where version = '{retention.version}'"
    )
    expected = {
        (start, age, value, *sums.row, retention.is_mature(granularity, start, age))
        for (granularity, slice_, value, start, age), sums in retention.cohorts.items()
        if granularity == "month" and slice_ in ("all", "segment")
    }
    assert set(rows) == expected


def test_cohorts_of_every_slice_and_quarter_are_those_of_a_plain_reading(
    retention: Retention, reported: Reported
) -> None:
    rows = reported(
        f"select granularity, slice, slice_value, cohort_start, age, {MEASURES}, is_mature"
        f" from marts.fct_cohort_slices where version = '{retention.version}'"
    )
    expected = {
        (*key, *sums.row, retention.is_mature(key[0], key[3], key[4]))
        for key, sums in retention.cohorts.items()
    }
    assert set(rows) == expected


def test_the_average_over_cohorts_weighs_them_by_what_they_began_with(
    retention: Retention, reported: Reported
) -> None:
    rows = reported(
        f"select granularity, slice, slice_value, age, cohorts, {MEASURES}"
        f" from marts.fct_cohort_averages where version = '{retention.version}'"
    )
    expected = {(*key, count, *sums.row) for key, (count, sums) in retention.averages().items()}
    assert set(rows) == expected


def test_the_retention_over_a_year_is_that_of_a_plain_reading(
    retention: Retention, reported: Reported
) -> None:
    rows = reported(
        "select segment, month, accounts_start, accounts_retained, mrr_start, mrr_retained,"
        " mrr_retained_capped, nrr, grr, logo_retention, is_provisional"
        f" from marts.fct_trailing_retention where version = '{retention.version}'"
    )
    assert set(rows) == {(*key, *row) for key, row in retention.trailing().items()}


def test_the_time_to_upgrade_of_every_account_is_that_of_a_plain_reading(
    retention: Retention, reported: Reported
) -> None:
    rows = reported(
        "select account_id, segment, region, plan_id, onboarding_month, expansion_month,"
        " interval_months, cycles, censored_reason"
        f" from marts.fct_time_to_upgrade where version = '{retention.version}'"
    )
    expected = {
        (
            *(member.account_id, member.segment, member.region, member.plan_id),
            *(member.cohort_month, month, interval, cycles, why),
        )
        for member, month, interval, cycles, why in retention.upgrades
    }
    assert set(rows) == expected


def test_kaplan_and_meier_find_the_same_curve_and_median(
    retention: Retention, reported: Reported
) -> None:
    rows = reported(
        "select slice, slice_value, cycle, at_risk, upgraded, censored, not_upgraded_share"
        f" from marts.fct_upgrade_curve where version = '{retention.version}'"
    )
    curves = retention.curves()
    assert set(rows) == {
        (*key, cycle, *row) for key, points in curves.items() for cycle, row in enumerate(points)
    }
    medians = reported(
        "select slice, slice_value, accounts, upgraded_accounts, censored_accounts,"
        " median_cycles, is_small"
        f" from marts.fct_upgrade_times where version = '{retention.version}'"
    )
    expected = set()
    for key, points in curves.items():
        below = [cycle for cycle, point in enumerate(points) if 2 * point[3] <= 1]
        upgraded, censored = (sum(point[place] for point in points) for place in (1, 2))
        accounts = upgraded + censored
        median = min(below) if below else None
        expected.add((*key, accounts, upgraded, censored, median, accounts < SMALL))
    assert set(medians) == expected
