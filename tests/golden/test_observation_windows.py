"""Every public rate says until when it can change, or why nothing later belongs to it.

A new rate fails here until it has a place below: a rate whose observation window is open at the
as-of is provisional, and enters no signal (`assert_open_windows_enter_no_signal` of the models).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.golden.runner import AS_OF

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
RATES = ("decimal(9,6)", "decimal(18,6)")
# models with one row per metric: their values are named in the description of `metric`
LONG = ("fct_segment_metrics", "fct_slice_metrics")

# until when the facts of a rate can still come: its row says so in `is_provisional`
OPEN = {
    "until the month is over": {
        "fct_bill_shock": "increase_ratio",
        "fct_bill_shock_rates": "jump_rate shock_rate jump_rate_20 shock_rate_20 jump_rate_30"
        " shock_rate_30 jump_rate_50 shock_rate_50",
        "fct_bill_shock_slices": "jump_rate shock_rate jump_rate_20 shock_rate_20 jump_rate_30"
        " shock_rate_30 jump_rate_50 shock_rate_50",
        "fct_discount_leakage": "leakage_ratio",
        "fct_feature_adoption": "adoption",
        "fct_invoice_variance": "variation_6 variation_12",
        "fct_invoice_variance_summary": "low_6 median_6 high_6 low_12 median_12 high_12",
        "fct_margins": "margin_ratio",
        "fct_role_seats": "utilization",
        "fct_seat_activity": "utilization_7d utilization_28d",
        "fct_seat_utilization": "utilization",
        "fct_segment_metrics": "low high utilization automation_share automation_rise_6m"
        " seat_change_3m seat_growth_vs_year_ago expansion_rate_3m expansion_vs_year_ago"
        " seats_work_correlation seats_work_falling_months exposed_share discount_leakage"
        " unapproved_discount_share shock_rate mrr accounts arpu",
        "fct_seat_value_fit": "explained_median explained_low explained_high seats_change"
        " work_change unseated_work_share",
        "fct_shadow_bills": "difference_ratio",
        "fct_slice_metrics": "utilization utilization_7d utilization_28d light_user_share"
        " heavy_user_share automation_share work_per_active_seat arpu arpu_with_usage"
        " revenue_per_seat gross_margin cost_to_serve exposed_share discount_leakage"
        " unapproved_discount_share billing_tickets_per_100_accounts expansion_rate"
        " expansion_rate_with_usage mrr mrr_with_usage accounts accounts_with_usage"
        " billable_seats unheld_seats never_active_seats idle_30_seats idle_60_seats"
        " idle_90_seats _amount surplus_seats surplus_amount nrr_12m grr_12m"
        " logo_retention_12m _with_usage",
        "fct_survey_scores": "value mean_score",
        "fct_trailing_retention": "nrr grr logo_retention",
        "fct_user_exposure": "exposed_share",
        "fct_value_fit": "correlation",
        "fct_wallet": "consumed_ratio alert_level next_alert_level",
    },
    "until 30 days after the month's last invoice": {
        "fct_segment_metrics": "shock_ticket_share",
        "fct_slice_metrics": "shock_ticket_share",
    },
}

# rates that no later fact belongs to, and why
CLOSED = {
    "only closed months enter, and only figures that can no longer change": {
        "fct_signal_parts": "value low high threshold clears_at next_line gap usual_move"
        " moves_away",
        "fct_signals": "value threshold clears_at low high",
    },
    "only months and billing periods that are over enter": {
        "fct_account_accuracy": "accuracy",
        "fct_account_gaps": "accuracy accuracy_after",
        "fct_churn_before_after": "logo_churn revenue_churn contraction_rate",
        "fct_cohort_averages": "nrr grr logo_retention expansion_ratio",
        "fct_cohort_retention": "nrr grr logo_retention expansion_ratio",
        "fct_cohort_slices": "nrr grr logo_retention expansion_ratio",
        "fct_cost_versions": "margin_ratio",
        "fct_heavy_user_margins": "heavy_account_share current_margin_ratio"
        " proposed_margin_ratio margin_change",
        "fct_scorecard": "value",
        "fct_segment_quality": "invoiced_share coverage accuracy loaded_share",
        "fct_verdicts": "relief_cap_ratio revenue_change revenue_change_low revenue_change_high"
        " shock_share accuracy coverage invoiced_share",
    },
    "closed months re-rated, or a projection with an interval of its own: renewals, moves and"
    " churn that are still to come are assumed, not observed": {
        "fct_account_moves": "first_bill_change extra_churn",
        "fct_assumption_effects": "effect_ratio",
        "fct_cap_effects": "cap_ratio shock_share_before shock_share_after extra_churn_after"
        " revenue_change_after",
        "fct_forecast_accuracy": "median_error coverage_80 bias interval_ratio",
        "fct_migration_shock": "difference_ratio",
        "fct_projections": "accounts churned moved_accounts",
        "fct_proposal_moves": "worst_change",
        "fct_rollout_waves": "difference_ratio",
        "fct_scenario_intervals": "revenue_change_low revenue_change_high shock_share_low"
        " shock_share_high extra_churn_low extra_churn_high margin_change_low margin_change_high"
        " winner_share_low winner_share_high loser_share_low loser_share_high",
        "fct_scenario_outcomes": "revenue_change",
        "fct_segment_ranking": "revenue_change shock_share",
        "fct_segment_scenarios": "revenue_change revenue_change_low revenue_change_high"
        " shock_share shock_share_low shock_share_high extra_churn extra_churn_low"
        " extra_churn_high margin_change margin_change_low margin_change_high winner_share"
        " winner_share_low winner_share_high loser_share loser_share_low loser_share_high"
        " compared_change",
        "fct_standing_still": "change change_low change_high",
        "fct_usage_levels": "usage_change_ratio effect_ratio",
        "fct_winners_losers": "difference_ratio",
    },
    "says where a month that is under way stands at the as-of, and is named so": {
        "fct_bill_warnings": "passed_share projected_increase_ratio",
        "fct_export_health": "accepted_ratio hours_behind",
    },
    "what happened since a trial began, without an end after which it would be final": {
        "fct_trial_funnel": "acted_share charged_share",
    },
    "a setting": {
        "dim_thresholds": "fires_at clears_at",
        "fct_proposal_moves": "flip_increase_over flip_next_increase_over flip_assumed_churn"
        " flip_critical_churn",
        "fct_scenario_flips": "increase_over next_increase_over assumed_churn critical_churn",
    },
}


def public() -> Iterator[dict[str, Any]]:
    """The public models, as their yml files describe them."""
    for room in ("marts", "decision"):
        for path in sorted((MODELS / room).rglob("fct_*.yml")) + sorted(
            (MODELS / room).rglob("dim_*.yml")
        ):
            yield from yaml.safe_load(path.read_text(encoding="utf-8"))["models"]


def columns() -> dict[str, list[str]]:
    return {model["name"]: [column["name"] for column in model["columns"]] for model in public()}


def rates() -> set[tuple[str, str]]:
    """Every column of a public model that is a rate, and every metric of those with one a row."""
    found = set()
    for model in public():
        for column in model["columns"]:
            if column.get("data_type", "").replace(" ", "") in RATES:
                found.add((model["name"], column["name"]))
            if model["name"] in LONG and column["name"] == "metric":
                named = re.findall(r"`(\w+)`", column["description"])
                found |= {(model["name"], name) for name in named}
    return found


def classified() -> list[tuple[str, str]]:
    return [
        (model, name)
        for group in (OPEN, CLOSED)
        for models in group.values()
        for model, names in models.items()
        for name in names.split()
    ]


def test_every_public_rate_names_its_window_or_why_it_has_none() -> None:
    named = classified()
    assert sorted(named) == sorted(set(named))
    assert rates() - set(named) == set(), "say above until when these rates can change"
    assert set(named) - rates() == set(), "these rates are no longer published"


def test_models_with_an_open_window_say_which_rows_are_provisional() -> None:
    known = columns()
    assert [
        model
        for models in OPEN.values()
        for model in models
        if "is_provisional" not in known[model]
    ] == []


@pytest.mark.parametrize("model", sorted({model for models in OPEN.values() for model in models}))
def test_no_row_of_the_running_month_is_final(golden_warehouse: Path, model: str) -> None:
    with duckdb.connect(str(golden_warehouse), read_only=True) as connection:
        found = connection.execute(
            f"select count(*), count(*) filter (where not is_provisional) from marts.{model}"
            f" where month = date_trunc('month', timestamp '{AS_OF}')"
        ).fetchone()
    assert found is not None
    rows, final = found
    assert final == 0
    assert rows > 0


def test_what_counts_closed_months_ends_before_the_running_one(golden_warehouse: Path) -> None:
    known = columns()
    counting = [
        model
        for reason, models in CLOSED.items()
        if reason.startswith("only")
        for model in models
        if "month" in known[model]
    ]
    assert len(counting) > 3
    with duckdb.connect(str(golden_warehouse), read_only=True) as connection:
        late = [
            model
            for model in counting
            if connection.execute(
                f"select count(*) from marts.{model}"
                f" where month >= date_trunc('month', timestamp '{AS_OF}')"
            ).fetchone()
            != (0,)
        ]
    assert late == []
