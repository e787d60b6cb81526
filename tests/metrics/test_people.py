"""Survey scores, trials, feature adoption against a plain reading."""

from tests.metrics.conftest import Reported
from tests.metrics.exports import Company
from tests.metrics.people import adoption, funnel, survey_scores, trials
from tests.metrics.seats import Seats


def test_scores_of_every_slice_and_month_are_those_of_a_plain_reading(
    company: Company, reported: Reported
) -> None:
    rows = reported(
        "select slice, slice_value, kind, month, answers, answers_in_month, accounts, value,"
        " mean_score from marts.fct_survey_scores where answers > 0"
    )
    assert set(rows) == {(*key, *row) for key, row in survey_scores(company).items()}


def test_every_trial_goes_on_as_a_plain_reading_says(
    company: Company, seats: Seats, reported: Reported
) -> None:
    rows = reported(
        "select account_id, segment, trial_started_on, first_action_on, first_charge_on,"
        " days_to_action, days_to_charge, stage from marts.fct_trials"
    )
    assert set(rows) == {(account, *row) for account, row in trials(company, seats).items()}


def test_the_funnel_counts_the_trials_of_each_segment_family_and_month(
    company: Company, seats: Seats, reported: Reported
) -> None:
    rows = reported(
        "select segment, plan_family, period, trials, acted_accounts, charged_after_acting,"
        " charged_accounts, acted_share, charged_share, median_days_to_action,"
        " median_days_to_charge from marts.fct_trial_funnel"
    )
    expected = funnel(company, trials(company, seats))
    assert set(rows) == {(*key, *row) for key, row in expected.items()}


def test_the_adoption_of_every_feature_is_that_of_a_plain_reading(
    company: Company, reported: Reported
) -> None:
    rows = reported(
        "select slice, slice_value, feature, month, working_accounts, accounts,"
        " entering_accounts, new_accounts, leaving_accounts, adoption, users, entering_users,"
        " new_users, leaving_users from marts.fct_feature_adoption"
    )
    assert set(rows) == {(*key, *row) for key, row in adoption(company).items()}
