"""The sentence of each page, with figures, without them, and at the edges."""

from decimal import Decimal
from typing import Any

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


def test_cohorts_say_what_they_have() -> None:
    latest = {"month": "2026-10", "opening": Decimal(1000), "closing": Decimal(900)}
    assert t.cohorts(None, latest, "USD") == "MRR closed Oct 2026 at 900 USD (−100 in the month)."
    assert t.cohorts(None, None, "USD") == "No closed month has recurring revenue yet."


def test_bill_shock_without_baselines_makes_no_claim() -> None:
    none = {"baseline_bills": 0, "shocks": 0, "shock_rate": None, "month": None}
    assert t.bill_shock(none, None).startswith("No bill has two usual months before it")
    one = {"scenario_name": "Hybrid", "shock_share": Decimal("0.5"), "accounts": 1}
    assert t.bill_shock(None, one) == "Migrating to Hybrid would shock 50.0 % of 1 account."


def test_shadow_billing_tells_a_fall_with_its_sign() -> None:
    assert t.shadow_billing(EFFECT, "USD") == (
        "Over twelve months Hybrid would bill −3.10k USD (−3.1 %): "
        "1 of 1 account pays less, 0 more."
    )
    assert t.shadow_billing(EFFECT | {"revenue_change": None}, "USD").startswith("No account")


def test_account_tells_the_two_largest_causes() -> None:
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
        "Acme cannot be billed under this proposal: no_plan_in_currency."
    )


def test_sentences_stay_short() -> None:
    for sentence in (t.shadow_billing(EFFECT, "USD"), t.account("Acme", None, [])):
        assert len(sentence.split()) <= 32
