"""The sentence of each page, with figures, without them, and at the edges."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dashboards import takeaways as t

EFFECT: dict[str, Any] = {
    "scenario_name": "Hybrid",
    "revenue_change": Decimal("-0.031"),
    "revenue_change_low": None,
    "revenue_change_high": None,
    "current_reporting": Decimal(100000),
    "proposed_reporting": Decimal(96900),
    "winner_count": 1,
    "loser_count": 0,
    "accounts": 1,
}


def test_decision_repeats_the_sentence_of_the_marts() -> None:
    assert t.decision({"sentence": "Pilot it."}) == "Pilot it."
    assert t.decision(None) == "No closed month has a verdict yet."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {},
            "Figures are for Tokens, which breaks bill shock, revenue and margin; "
            "the verdict names Hybrid.",
        ),
        (
            {"keeps_limits": True, "broken_limits": "", "scenario_name": None},
            "Figures are for Tokens, which keeps the limits; the verdict names no proposal.",
        ),
        (
            {"is_named": True, "broken_limits": "shock"},
            "Figures are for Tokens, which the verdict names; it breaks bill shock.",
        ),
        (
            {"shown_scenario_id": None},
            "Tokens is not proposed to All segments, so there are no figures.",
        ),
    ],
)
def test_a_proposal_next_to_a_verdict_differs_from_the_one_it_names(
    changed: dict[str, Any], said: str
) -> None:
    row = {
        "segment": "all",
        "shown_scenario_id": "tokens",
        "scenario_name": "Hybrid",
        "keeps_limits": False,
        "broken_limits": "shock,revenue,margin",
        "is_named": False,
    }
    assert t.beside(row | changed, "Tokens") == said


def test_the_weakest_grade_is_named_in_a_word() -> None:
    assert t.weakest("Coverage: 91 % of MRR has complete exports.") == "weakest: coverage"
    assert t.weakest("none: all four grades are high") == "all four grades high"


def test_utilization_names_the_segment_that_pays_most() -> None:
    rate = {"value": Decimal("0.69"), "month": "2026-10", "reason": None}
    idle: list[dict[str, Any]] = [
        {"segment": "a", "idle_amount": Decimal(300)},
        {"segment": "b", "idle_amount": Decimal(100)},
        {"segment": "c", "idle_amount": None},
    ]
    assert t.utilization(rate, idle, "USD") == (
        "69.0 % of the seats paid for were used in Oct 2026; "
        "idle seats cost 400 USD that month, most of it in a (300)."
    )
    assert t.utilization(rate, idle[:1], "USD").endswith("idle seats cost 300 USD that month.")
    assert t.utilization(rate, [], "USD").endswith("no money went to idle seats.")


def test_utilization_without_users_says_why() -> None:
    rate = {"value": None, "month": "2026-10", "reason": "no usage export"}
    assert t.utilization(rate, [], "USD") == "Seat utilization is not available: no usage export."
    assert t.utilization(None, [], "USD") == "No closed month has billable seats yet."


def test_outcomes_that_gain_are_counted() -> None:
    assert t.gains({"gains": 17, "outcomes": 20}) == "Revenue rises in 17 of 20 simulations"
    assert t.gains({"gains": 0, "outcomes": 20}) == "Revenue rises in 0 of 20 simulations"
    assert t.gains({"gains": 20, "outcomes": 20}) == "Revenue rises in all 20 simulations"
    assert t.gains({"gains": None, "outcomes": None}) == ""


def test_cohorts_say_what_they_have() -> None:
    latest = {"month": "2026-10", "previous_closing": Decimal(1000), "closing": Decimal(900)}
    assert t.cohorts(None, latest, "USD") == "MRR closed Oct 2026 at 900 USD (−100 in the month)."
    assert t.cohorts(None, None, "USD") == "No closed month has recurring revenue yet."


def test_bill_shock_without_baselines_makes_no_claim() -> None:
    none = {"baseline_bills": 0, "shocks": 0, "shock_rate": None, "month": None}
    assert t.bill_shock(none, None).startswith("No bill has two usual months before it")
    one = {"scenario_name": "Hybrid", "shock_share": Decimal("0.5"), "accounts": 1}
    assert t.bill_shock(None, one) == "Migrating to Hybrid would shock 50.0 % of 1 account."


def test_shadow_billing_shows_a_decrease_with_its_sign() -> None:
    assert t.shadow_billing(EFFECT, "USD") == (
        "Over twelve months Hybrid would bill −3.10k USD (−3.1 %): "
        "1 of 1 account pays less, 0 more."
    )
    assert t.shadow_billing(EFFECT | {"revenue_change": None}, "USD").startswith("No account")


def test_account_names_the_two_largest_causes() -> None:
    bill = {
        "is_available": True,
        "difference": Decimal("244.00"),
        "amount": Decimal("1284.00"),
        "current_amount": Decimal("1040.00"),
        "currency": "USD",
        "reason": None,
    }
    causes = [
        {"label": "Seats", "difference": Decimal("-66.00")},
        {"label": "Overage", "difference": Decimal("311.00")},
        {"label": "Credits", "difference": Decimal("-1.00")},
        {"label": "Discount", "difference": Decimal(0)},
    ]
    assert t.account("Acme", bill, causes) == (
        "Acme would pay 1,284.00 instead of 1,040.00 USD (+244.00): "
        "+311.00 overage, −66.00 seats, and smaller ones."
    )
    assert t.account("Acme", None, []) == "Acme has no bill to compare."
    missing = bill | {"is_available": False, "reason": "no_plan_in_currency"}
    assert t.account("Acme", missing, []) == (
        "Acme cannot be billed under this proposal: the proposal has no plan in its currency."
    )
    unread = missing | {"reason": "usage_quarantined", "sentence": "Both of its rows are bad."}
    assert t.account("Acme", unread, []) == (
        "Acme cannot be billed under this proposal. Both of its rows are bad."
    )


def test_sentences_stay_short() -> None:
    for sentence in (t.shadow_billing(EFFECT, "USD"), t.account("Acme", None, [])):
        assert len(sentence.split()) <= 32


ON = {"state": "on", "is_available": True, "reason": None}
OFF = {"state": "off", "is_available": True, "reason": None}
MISSING = {"state": "not_available", "is_available": False, "reason": "no usage export"}
NEAR: dict[str, Any] = {
    "metric": "utilization",
    "unit": "ratio",
    "value": Decimal("0.712"),
    "next_line": Decimal("0.7"),
    "is_over": False,
}


def test_triggers_count_what_is_on_and_name_what_is_nearest() -> None:
    assert t.triggers("smb", [ON, OFF, MISSING], True, NEAR, "USD") == (
        "1 of 2 signals is on for smb; the migration trigger holds; "
        "nearest to firing: Seat utilization, 71.2 % against 70.0 %."
    )
    assert t.triggers("all", [OFF, OFF], False, None, "USD") == (
        "0 of 2 signals are on for All segments; the migration trigger does not hold."
    )
    assert t.triggers("smb", [ON], None, NEAR | {"is_over": True}, "USD") == (
        "1 of 1 signal is on for smb; the migration trigger cannot be judged; "
        "Seat utilization is over its line but not yet for enough months."
    )


def test_triggers_without_signals_say_why() -> None:
    assert t.triggers("smb", [], None, None, "USD") == "No closed month has signals yet."
    assert t.triggers("smb", [MISSING], None, None, "USD") == (
        "No signal is available for smb: no usage export."
    )


def test_negative_figures_keep_their_sign_in_the_nearest() -> None:
    falling = NEAR | {"metric": "seat_change_3m", "value": Decimal("-0.02"), "next_line": 0}
    at_line = NEAR | {"value": Decimal("0.70004")}
    assert t.triggers("smb", [OFF], False, at_line, "USD").endswith("right at its line.")
    assert "−2.0 % against 0.0 %" in t.triggers("smb", [OFF], False, falling, "USD")


WAVE: dict[str, Any] = {"accounts": 1, "month": "2027-01", "mrr": Decimal(390)}


def test_timing_names_the_first_wave_and_the_last() -> None:
    stayed = {"locked": 3, "left_out": 0}
    assert t.timing("Hybrid", [WAVE], stayed, "USD") == (
        "Wave 1 moves 1 account in Jan 2027 (390 USD MRR); 3 locked by contract."
    )
    later = WAVE | {"accounts": 20, "month": "2027-05"}
    none = {"locked": 0, "left_out": 0}
    assert t.timing("Hybrid", [WAVE | {"mrr": None}, later], none, "USD") == (
        "Wave 1 moves 1 account in Jan 2027; 21 move in 2 waves by May 2027."
    )


def test_timing_without_waves_says_who_stays() -> None:
    assert t.timing("Hybrid", [], {"locked": 1, "left_out": 2}, "USD") == (
        "No account moves to Hybrid this way: 1 locked by contract and 2 left out."
    )
    assert t.timing("Hybrid", [], {"locked": 0, "left_out": 0}, "USD") == (
        "No account moves to Hybrid this way."
    )
    assert t.timing("", [], {}, "USD").startswith("No proposal is rated yet")


COUNTS: dict[str, Any] = {
    "exports": 10,
    "present": 9,
    "rows_read": Decimal(1),
    "quarantined": Decimal(1),
    "refused": Decimal(0),
    "gap_months": Decimal(0),
}


def test_data_health_reports_what_is_missing_and_only_that() -> None:
    assert t.data_health(COUNTS, None, is_stale=False) == (
        "9 of 10 exports are present; 1 of 1 row is quarantined."
    )
    whole = COUNTS | {"quarantined": 0, "refused": 2, "gap_months": 1}
    assert t.data_health(whole, {"accuracy": Decimal("0.9995")}, is_stale=True) == (
        "9 of 10 exports are present; 0 of 1 row are quarantined and 2 files refused; "
        "1 closed month without rows; re-rated bills agree with 99.95 % of the amounts; "
        "the data is stale."
    )
    assert t.data_health(COUNTS, {"accuracy": None}, is_stale=False).endswith("quarantined.")


def test_data_health_of_nothing_makes_no_claim() -> None:
    assert t.data_health({}, None, is_stale=False) == "No export has been read yet."
    none = COUNTS | {"rows_read": 0}
    assert t.data_health(none, None, is_stale=False) == "No export has been read yet."


def test_definitions_count_what_was_found() -> None:
    own, general = {"is_own_row": True}, {"is_own_row": False}
    assert t.definitions(1, "Metrics", "nrr", "p1", [general]) == (
        "1 metric for “nrr”; price book p1; 1 threshold in force."
    )
    assert t.definitions(0, "All", "x", "p1", [own, general]) == (
        "Nothing for “x” among the terms; price book p1; "
        "2 thresholds in force, 1 by a row for this segment."
    )
    assert t.definitions(2, "Tables", "", "p1", []) == "2 tables; no threshold is in force."


def test_definitions_name_the_last_change() -> None:
    changed = {
        "name": "Trailing retention",
        "version": 3,
        "changed_on": date(2026, 10, 1),
        "change": "Usage revenue included.",
    }
    assert t.definitions(42, "Metrics", "", "p1", [], changed) == (
        "Trailing retention v3 since 1 Oct 2026: usage revenue included; 42 metrics."
    )
    short = changed | {"change": "MRR below zero counts as nothing."}
    assert t.definitions(1, "Metrics", "nrr", "p1", [], short) == (
        "Trailing retention v3 since 1 Oct 2026: MRR below zero counts as nothing; "
        "1 metric for “nrr”."
    )
    alone = changed | {"change": "A price cuts its line."}
    assert ": a price cuts its line; " in t.definitions(2, "All", "", "p1", [], alone)


def test_economics_says_what_is_known_and_why_the_rest_is_not() -> None:
    month = date(2026, 10, 1)
    known: dict[str, dict[str, Any]] = {
        "gross_margin": {"month": month, "value": Decimal("-0.05"), "reason": None},
        "cost_to_serve": {"value": Decimal(1000)},
        "exposed_share": {"value": Decimal(1), "numerator": Decimal(2), "accounts": 2},
        "discount_leakage": {"value": None},
    }
    assert t.economics(known, "USD") == (
        "Gross margin was −5.0 % in Oct 2026 at 1.00k USD cost to serve; "
        "2 of 2 accounts cost more than they pay."
    )
    missing = {"gross_margin": {"month": month, "value": None, "reason": "no cost_rates export"}}
    assert t.economics(missing, "USD") == (
        "Margin in Oct 2026 is not available (no cost_rates export)."
    )
    assert t.economics({}, "USD") == "No closed month has figures yet."


HEAVY: dict[str, Any] = {
    "heavy_account_share": Decimal("0.05"),
    "accounts": 9,
    "current_margin_ratio": Decimal("0.11"),
    "proposed_margin_ratio": Decimal("0.38"),
    "is_small": False,
}
MARGIN = {"gross_margin": {"month": date(2026, 10, 1), "value": Decimal("0.71"), "reason": None}}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {},
            "Heavy users (top 5 %, 9 accounts) have 11.0 % margin today, 38.0 % under Hybrid; "
            "gross margin of Oct 2026: 71.0 %.",
        ),
        (
            {"current_margin_ratio": Decimal("-0.5"), "heavy_account_share": Decimal("0.025")},
            "Heavy users (top 2.5 %, 9 accounts) have −50.0 % margin today, 38.0 % under Hybrid; "
            "gross margin of Oct 2026: 71.0 %.",
        ),
        (
            {"current_margin_ratio": Decimal(0), "proposed_margin_ratio": None},
            "Heavy users (top 5 %, 9 accounts) have 0.0 % margin today; "
            "gross margin of Oct 2026: 71.0 %.",
        ),
        ({"current_margin_ratio": None}, "Gross margin was 71.0 % in Oct 2026."),
        ({"is_small": True, "accounts": 3}, "Gross margin was 71.0 % in Oct 2026."),
    ],
)
def test_heavy_users_are_mentioned_if_there_are_enough(changed: dict[str, Any], said: str) -> None:
    assert t.economics(MARGIN, "USD", HEAVY | changed, "Hybrid") == said
    assert len(said.split()) <= 30


def test_heavy_users_are_mentioned_without_a_margin_of_the_month() -> None:
    missing = {"gross_margin": MARGIN["gross_margin"] | {"value": None}}
    shown = t.economics(missing, "USD", HEAVY | {"accounts": 5}, "Hybrid")
    assert shown == (
        "Heavy users (top 5 %, 5 accounts) have 11.0 % margin today, 38.0 % under Hybrid."
    )
    long = "Platform fee with included tokens and a cap"
    assert len(t.economics(MARGIN, "USD", HEAVY, long).split()) <= 30


def test_a_version_of_the_cost_table_is_compared_with_actual_costs() -> None:
    since = date(2026, 3, 1)
    version: dict[str, Any] = {
        "month": "2026-10",
        "value": Decimal("-0.05"),
        "as_it_was": Decimal("0.1"),
        "cost": Decimal("1050"),
        "reason": None,
    }
    assert t.economics_at(version, since, "USD") == (
        "At the cost rates from 1 Mar 2026 gross margin in Oct 2026 would have been −5.0 %, "
        "not 10.0 %, at 1.05k USD cost to serve."
    )
    assert t.economics_at(version | {"as_it_was": None, "cost": Decimal(0)}, since, "USD") == (
        "At the cost rates from 1 Mar 2026 gross margin in Oct 2026 would have been −5.0 %, "
        "at 0 USD cost to serve."
    )
    unknown = version | {"value": None, "reason": "no cost rate in this version"}
    assert t.economics_at(unknown, since, "USD") == (
        "At the cost rates from 1 Mar 2026 the margin of Oct 2026 is not available: "
        "no cost rate in this version."
    )
    assert t.economics_at(None, since, "USD") == (
        "At the cost rates from 1 Mar 2026 no closed month has a margin."
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {},
            "Usage −10 %: Hybrid bills 1.30M USD over the next twelve months, −11.9k USD (−0.9 %) "
            "against the plan; 117 accounts have usage that gets more expensive.",
        ),
        (
            {"effect": None, "answering_accounts": 1},
            "Usage −10 %: Hybrid bills 1.30M USD over the next twelve months; "
            "1 account has usage that gets more expensive.",
        ),
        (
            {"answering_accounts": 0},
            "Hybrid raises no unit price by a band of usage_response.csv, so no usage response "
            "applies.",
        ),
        (
            {"revenue": None, "reason": "no_usage_response"},
            "The next twelve months under Hybrid are not available: usage_response.csv has no row "
            "of the "
            "case.",
        ),
    ],
)
def test_a_usage_response_is_compared_with_the_plan(changed: dict[str, Any], said: str) -> None:
    row = {
        "revenue": Decimal(1297831),
        "effect": Decimal(-11863),
        "effect_ratio": Decimal("-0.009057"),
        "answering_accounts": 117,
        "reason": None,
    }
    assert t.usage_answer("Hybrid", row | changed, "Usage −10 %", "USD") == said


FLIP: dict[str, Any] = {
    "increase_over": Decimal("0.25"),
    "next_increase_over": None,
    "assumed_churn": Decimal("0.04"),
    "critical_churn": Decimal("0.09"),
    "standing": "kept",
}
JUDGED: dict[str, Any] = {
    "revenue_change": Decimal("0.042"),
    "revenue_change_low": Decimal("0.011"),
    "revenue_change_high": Decimal("0.068"),
    "shock_share": Decimal("0.03"),
    "keeps_limits": True,
    "broken_limits": "",
}


@pytest.mark.parametrize(
    ("changed", "flip", "said"),
    [
        (
            {},
            FLIP,
            "Hybrid keeps the limits; that of churn breaks if churn among accounts above +25 % "
            "exceeds 9.0 % (assumed 4.0 %).",
        ),
        (
            {},
            None,
            "Hybrid keeps the limits, whatever churn is assumed for any one band.",
        ),
        (
            {"keeps_limits": False, "broken_limits": "churn"},
            FLIP | {"next_increase_over": Decimal("0.5"), "critical_churn": Decimal(0)},
            "Hybrid breaks extra churn; it keeps the limits if churn among accounts from +25 % to "
            "+50 % is at most 0.0 % (assumed 4.0 %).",
        ),
        (
            {"keeps_limits": False, "broken_limits": "shock,churn,margin"},
            FLIP,
            "Hybrid breaks bill shock, extra churn and margin, whatever churn is assumed for any "
            "one band: revenue +4.2 % (80 %: +1.1 … +6.8 %), 3.0 % shocked.",
        ),
        (
            {
                "revenue_change": Decimal("-0.5"),
                "revenue_change_low": None,
                "shock_share": None,
                "keeps_limits": False,
                "broken_limits": "churn",
            },
            None,
            "Hybrid breaks extra churn, whatever churn is assumed for any one band: revenue −50.0 "
            "%, "
            "– shocked.",
        ),
    ],
)
def test_the_lab_says_how_the_published_proposal_is_judged(
    changed: dict[str, Any], flip: dict[str, Any] | None, said: str
) -> None:
    assert t.lab("Hybrid", JUDGED | changed, flip) == said
    assert len(said.split()) <= 32


def test_the_lab_without_figures_says_what_to_do() -> None:
    for judged in (None, JUDGED | {"revenue_change": None}):
        assert t.lab("Hybrid", judged, None) == (
            "Change a price of Hybrid to see what it would have billed."
        )


def test_the_lab_reports_changes_and_who_pays_more() -> None:
    measured = {
        "revenue_change": Decimal("0.042"),
        "shock_share": Decimal("0.03"),
        "winner_count": 1,
        "loser_count": 0,
    }
    assert t.lab_tried("Hybrid", measured, None, 1) == (
        "With 1 change, Hybrid bills +4.2 %, shocks 3.0 %: 1 pays less, 0 more."
    )
    broken = FLIP | {"standing": "broken", "critical_churn": Decimal("0.009")}
    shown = t.lab_tried("Hybrid", measured | {"winner_count": 0}, broken, 2)
    assert shown == (
        "With 2 changes, Hybrid bills +4.2 %, shocks 3.0 %: 0 pay less, 0 more; "
        "churn limit breaks beyond 0.9 % (assumed 4.0 %) for rises above +25 %."
    )
    assert len(shown.split()) <= 32
    assert t.lab_tried("Hybrid", {**measured, "revenue_change": None}, FLIP, 2) == (
        "With 2 changes, Hybrid bills no account of this segment over enough closed months."
    )


def test_the_change_with_the_largest_single_effect_is_named() -> None:
    largest = {"change": "seat price: 25 → 29", "effect": Decimal(-34868)}
    assert t.single_effect(largest, None, "USD") == (
        "seat price: 25 → 29 has the largest effect on its own: −34.9k USD"
    )
    assert t.single_effect(largest, {"effect": Decimal(0)}, "USD").endswith(
        "; all changes together 0 USD"
    )


RELIEF = {
    "relief": "hard_cap",
    "cap_ratio": Decimal("0.2"),
    "credit_months": None,
    "accounts": 1200,
    "shock_share_before": Decimal("0.08"),
    "shock_share_after": Decimal("0.0308"),
    "shocked_before": 96,
    "shocked_after": 37,
    "monthly_cost": Decimal(21000),
}


def test_a_relief_says_who_is_left_and_what_it_costs() -> None:
    real = {"baseline_bills": 400, "shock_rate": Decimal("0.0075"), "month": "2026-10"}
    said = t.bill_shock(real, None, RELIEF, "EUR")
    assert said == (
        "Shock rate 8.0 % → 3.1 % with a 20 % monthly cap, costing 21.0k EUR a month; "
        "37 of 1,200 accounts remain. Real bills: 0.8 % shocked in Oct 2026."
    )
    # a figure and its sign are one word
    assert len(said.replace(" %", "%").split()) <= 30
    one = RELIEF | {"relief": "soft_cap", "shocked_after": 1}
    assert t.bill_shock(None, None, one, "EUR").endswith(
        "with a soft cap at +20 %, costing 21.0k EUR a month; 1 of 1,200 accounts remains."
    )


def test_real_bills_of_one_currency_are_separate_from_figures_of_all() -> None:
    real = {"baseline_bills": 54, "shocks": 2, "shock_rate": Decimal("0.037"), "month": "2026-10"}
    bills = "2 of 54 real bills in JPY (3.7 %) shocked in Oct 2026"
    said = t.bill_shock_in("JPY", real, None, RELIEF)
    assert said == (
        f"{bills}; in all currencies, a 20 % monthly cap takes the shock rate from 8.0 % to 3.1 %."
    )
    assert len(said.replace(" %", "%").split()) <= 30
    proposed = {"scenario_name": "Hybrid", "shock_share": Decimal("0.5"), "accounts": 12}
    assert t.bill_shock_in("JPY", real, proposed) == (
        f"{bills}; in all currencies, migrating to Hybrid would shock 50.0 % of 12 accounts."
    )
    assert t.bill_shock_in("JPY", None, None) == (
        "No bill in JPY has two usual months before it yet."
    )


def test_a_sentence_of_one_currency_names_it() -> None:
    latest = {
        "month": "2026-10",
        "previous_closing": Decimal(1000),
        "closing": Decimal(900),
    }
    assert t.billed_in("EUR", t.cohorts(None, latest, "USD")) == (
        "Billed in EUR: MRR closed Oct 2026 at 900 USD (−100 in the month)."
    )
    assert t.billed_in("all", "MRR closed.") == "MRR closed."


def test_a_relief_says_whom_it_spares() -> None:
    assert t.relief(RELIEF, "EUR") == (
        "A 20 % monthly cap spares 59 of 96 shocked accounts for 21.0k EUR a month"
    )
    credit = RELIEF | {"relief": "credit", "cap_ratio": None, "credit_months": 3}
    assert t.relief(credit, "EUR").startswith("A credit of 3 months' rise spares 59")
    assert t.months_rise(1) == "1 month's rise"


def test_the_largest_effect_is_named_with_its_case() -> None:
    row = {
        "assumption": "churn",
        "assumption_case": "high",
        "effect": Decimal(-76574),
        "effect_ratio": Decimal("-0.04776"),
    }
    assert t.tornado(row, "USD") == (
        "Extra churn has the largest effect: −76.6k USD (−4.8 %) in its high case"
    )


AHEAD = {
    "month_ahead": 12,
    "month": "2027-10",
    "accounts_left_out": 0,
    "reason": None,
    "revenue_to_date_low": None,
    "revenue_to_date_high": None,
    "interval_note": None,
}


@pytest.mark.parametrize(
    ("proposal", "today", "proposed", "reason", "left_out", "said"),
    [
        ("Hybrid", 100, 110, None, 0, "Hybrid bills 110 USD, today's model 100 USD."),
        ("Hybrid", 0, -5, None, 1, "Hybrid bills −5 USD, today's model 0 USD; 1 account left out."),
        (
            "Hybrid",
            100,
            None,
            "no_usage_response",
            0,
            "today's model bills 100 USD; the proposal is not projected: "
            "usage_response.csv has no row of the case.",
        ),
        ("", 100, 110, None, 0, "today's model bills 100 USD; the verdict names no proposal."),
    ],
)
def test_projection(
    proposal: str,
    today: int,
    proposed: int | None,
    reason: str | None,
    left_out: int,
    said: str,
) -> None:
    row = AHEAD | {"revenue_to_date": proposed, "reason": reason, "accounts_left_out": left_out}
    shown = t.projection(proposal, AHEAD | {"revenue_to_date": today}, row, "USD")
    assert shown == f"Over the 12 months up to Oct 2027 {said}"


def test_projection_of_nothing() -> None:
    none = AHEAD | {"revenue_to_date": None, "reason": "no_bills"}
    assert t.projection("Hybrid", none, none, "USD") == (
        "The 12 months up to Oct 2027 are not projected: no account has bills to project from."
    )


def test_a_projection_says_its_interval() -> None:
    today = AHEAD | {"revenue_to_date": 100}
    ahead = today | {"revenue_to_date_low": 80, "revenue_to_date_high": 125}
    assert t.projection("", ahead, ahead, "USD").endswith(
        "today's model bills 100 USD (80 %: 80 USD to 125 USD); the verdict names no proposal."
    )
    wider = ahead | {"interval_note": "beyond_twelve_months"}
    assert t.projection("Hybrid", today, wider, "USD").endswith(
        "Hybrid bills 100 USD (80 %: 80 USD to 125 USD, wider beyond twelve months), "
        "today's model 100 USD."
    )


@pytest.mark.parametrize(
    ("origins", "coverage", "judged", "said"),
    [
        (
            0,
            None,
            0,
            "No projection could be compared with bills yet: that takes seven closed months.",
        ),
        (
            1,
            None,
            0,
            "Past projections of 3 months were 4.2 % off, by the median (1 comparison); "
            "no past interval could be checked yet.",
        ),
        (
            14,
            Decimal("0.625"),
            8,
            "Past projections of 3 months were 4.2 % off, by the median (14 comparisons); "
            "63 % of 8 intervals of 80 % contained what was billed.",
        ),
    ],
)
def test_accuracy_of_past_projections(
    origins: int, coverage: Decimal | None, judged: int, said: str
) -> None:
    row = {
        "horizon_months": 3,
        "origins": origins,
        "median_error": Decimal("0.042") if origins else None,
        "coverage_80": coverage,
        "coverage_origins": judged,
    }
    assert t.accuracy(row) == said
