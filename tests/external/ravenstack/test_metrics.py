"""What RavenStack's data can carry has a value; for the rest a reason stands where it would be."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.external.ravenstack.test_ravenstack import DATA, HOME
from tests.metrics.builds import warehouse

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="RavenStack does not lie beside the project"),
]

# its usage names no people and no actors, its tickets no topics, and nothing tells of costs
NO_USERS, NO_ACTORS = "usage names no users", "usage names no actors"
NO_TOPICS, NO_COSTS = "tickets name no topic or tags", "no cost_rates export"

CARRIED = {
    "MRR": ("fct_mrr_movements", "closing"),
    "MRR movements": ("fct_mrr_movements", "expansion"),
    "movements of slices": ("fct_slice_movements", "closing"),
    "cohort NRR": ("fct_cohort_retention", "nrr"),
    "cohort GRR": ("fct_cohort_retention", "grr"),
    "logo retention": ("fct_cohort_retention", "logo_retention"),
    "expansion per cohort": ("fct_cohort_retention", "expansion_ratio"),
    "cohorts of slices": ("fct_cohort_slices", "nrr"),
    "average of cohorts": ("fct_cohort_averages", "nrr"),
    "retention over a year": ("fct_trailing_retention", "nrr"),
    "time to upgrade": ("fct_upgrade_times", "accounts"),
    "upgrade curve": ("fct_upgrade_curve", "not_upgraded_share"),
    "bill shock": ("fct_bill_shock", "is_shock"),
    "rate of shocks": ("fct_bill_shock_rates", "shock_rate"),
    "shocks of slices": ("fct_bill_shock_slices", "shock_rate"),
    "bills on their way": ("fct_bill_warnings", "is_shock_expected"),
    "invoice variance": ("fct_invoice_variance", "variation_12"),
    "variance of slices": ("fct_invoice_variance_summary", "median_6"),
    "usage-to-invoice accuracy": ("fct_account_accuracy", "accuracy"),
    "value fit of seats": ("fct_value_fit", "correlation"),
    "work": ("fct_usage_monthly", "quantity"),
    "revenue": ("fct_margins", "revenue"),
    "realized price": ("fct_discount_leakage", "realized_amount"),
    "seats": ("fct_seat_utilization", "billable_seats"),
    "tickets": ("fct_support_load", "ticket_count"),
    "survey": ("fct_survey_scores", "value"),
    "trials": ("fct_trials", "trial_started_on"),
    "trial funnel": ("fct_trial_funnel", "charged_share"),
    "churn of those who stayed": ("fct_churn_before_after", "revenue_churn"),
    "features": ("fct_feature_adoption", "adoption"),
    "migration shock": ("fct_migration_shock", "difference_ratio"),
}
MISSING = {
    "seat utilization": ("fct_seat_utilization", "utilization", "reason", NO_USERS),
    "idle seats": ("fct_idle_seats", "seats", "reason", NO_USERS),
    "seats to right-size to": ("fct_seat_activity", "right_size_seats", "reason", NO_USERS),
    "recent utilization": ("fct_seat_activity", "utilization_28d", "reason", NO_USERS),
    "light users": ("fct_seat_activity", "light_users", "reason", NO_USERS),
    "users of a feature": (
        "fct_feature_adoption",
        "users",
        "users_reason",
        "usage of the feature names no users",
    ),
    "exposed users": ("fct_user_exposure", "exposed_share", "reason", NO_USERS),
    "first action": ("fct_trial_funnel", "acted_share", "reason", NO_USERS),
    "gross margin": ("fct_margins", "margin", "reason", NO_COSTS),
    "cost of meters": ("fct_meter_costs", "cost", "reason", NO_COSTS),
    "bill-shock tickets": ("fct_support_load", "has_shock_ticket", "reason", NO_TOPICS),
    "billing tickets": ("fct_support_load", "billing_ticket_count", "reason", NO_TOPICS),
}
RATES_CARRIED = {
    *("mrr", "accounts", "arpu", "expansion_rate", "nrr_12m", "grr_12m", "logo_retention_12m"),
    *("mrr_with_usage", "accounts_with_usage", "arpu_with_usage", "expansion_rate_with_usage"),
    *("nrr_12m_with_usage", "grr_12m_with_usage", "logo_retention_12m_with_usage"),
    *("billable_seats", "revenue_per_seat", "discount_leakage", "unapproved_discount_share"),
}
RATES_MISSING = {
    **dict.fromkeys(("utilization", "utilization_7d", "utilization_28d"), NO_USERS),
    **dict.fromkeys(("light_user_share", "heavy_user_share", "work_per_active_seat"), NO_USERS),
    **{
        f"{name}_{unit}": NO_USERS
        for name in ("unheld", "never_active", "idle_30", "idle_60", "idle_90", "surplus")
        for unit in ("seats", "amount")
    },
    "automation_share": NO_ACTORS,
    **dict.fromkeys(("gross_margin", "cost_to_serve", "exposed_share"), NO_COSTS),
    **dict.fromkeys(("shock_ticket_share", "billing_tickets_per_100_accounts"), NO_TOPICS),
}
SIGNALS_MISSING = {
    **dict.fromkeys(("automation_share", "automation_rise_6m"), NO_ACTORS),
    "utilization": NO_USERS,
    "exposed_share": NO_COSTS,
    "shock_ticket_share": NO_TOPICS,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Every model of RavenStack's home."""
    home = tmp_path_factory.mktemp("ravenstack") / "home"
    shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copytree(DATA, home / "exports")
    path: Path = warehouse(home, "ravenstack", as_of=None, threads=2)
    connection = duckdb.connect()
    connection.execute(f"attach '{path}' as warehouse (read_only)")
    connection.execute("use warehouse")
    return connection


def test_every_metric_that_the_data_carries_has_values(built: duckdb.DuckDBPyConnection) -> None:
    for metric, (mart, column) in CARRIED.items():
        row = built.execute(f"select count({column}) from marts.{mart}").fetchone()
        assert row and row[0] > 0, metric


def test_every_metric_that_it_does_not_carry_says_why(built: duckdb.DuckDBPyConnection) -> None:
    for metric, (mart, column, reason, why) in MISSING.items():
        rows = built.execute(
            f"select {column} is null, {reason}, count(*) from marts.{mart} group by all"
        ).fetchall()
        assert [row[:2] for row in rows] == [(True, why)], metric


def test_no_figure_is_missing_without_a_reason(built: duckdb.DuckDBPyConnection) -> None:
    """Of a slice's and a segment's figures each has a value or a reason, never both or neither."""
    for mart in ("fct_slice_metrics", "fct_segment_metrics"):
        rows = built.execute(
            f"select distinct value is null, reason is null, is_available from marts.{mart}"
        ).fetchall()
        assert set(rows) == {(False, True, True), (True, False, False)}


def test_the_figures_of_slices_are_there_or_say_why(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "select metric, count(value), list(distinct reason) from marts.fct_slice_metrics"
        " group by metric"
    ).fetchall()
    assert {row[0] for row in rows if row[1]} == RATES_CARRIED
    assert {row[0] for row in rows if not row[1]} == set(RATES_MISSING)
    for metric, _, reasons in rows:
        assert metric in RATES_CARRIED or RATES_MISSING[metric] in reasons


def test_the_figures_of_signals_are_there_or_say_why(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "select metric, count(value), list(distinct reason) from marts.fct_segment_metrics"
        " group by metric"
    ).fetchall()
    assert {row[0] for row in rows if not row[1]} == set(SIGNALS_MISSING)
    for metric, why in SIGNALS_MISSING.items():
        assert why in next(row[2] for row in rows if row[0] == metric)
