"""The memo says in money what a verdict means, and says so when a figure is not available."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dashboards import memo
from dashboards.formatting import plain
from tests.dashboards.conftest import OpenPage

MOVE: dict[str, Any] = {
    "segment": "smb_ai",
    "scenario_id": "hybrid",
    "scenario_name": "Hybrid",
    "movers": 47,
    "first_move": date(2027, 1, 1),
    "yearly_gain": Decimal("38000"),
    "yearly_gain_low": Decimal("30100"),
    "yearly_gain_high": Decimal("46000"),
    "yearly_gain_reason": None,
    "simulations": 20,
    "gains": 20,
    "deciding_window": "first_bill",
    "keeps_every_window": True,
    "broken_in_windows": "",
    "is_small": False,
    "first_bills": 47,
    "pay_more": 45,
    "pay_more_reporting": Decimal("4976"),
    "shocked": 1,
    "worst_account_id": "a1",
    "worst_account_name": "Cedar",
    "worst_difference": Decimal("200.26"),
    "worst_change": Decimal("0.354"),
    "flip_increase_over": Decimal("0.1"),
    "flip_next_increase_over": Decimal("0.25"),
    "flip_assumed_churn": Decimal("0.02"),
    "flip_critical_churn": Decimal("0.038"),
}
BROKEN = MOVE | {"keeps_every_window": False, "broken_in_windows": "shock,churn", "shocked": 12}
VERDICT: dict[str, Any] = {
    "segment": "smb_ai",
    "verdict": "migrate",
    "is_trigger": True,
    "confidence": "high",
    "weakest_link": "none: all four grades are high",
    "sentence": "HOLD – DATA for smb_ai: coverage is low.",
    "relief": None,
}
CAPPED = {
    "relief": "hard_cap",
    "relief_cap_ratio": Decimal("0.2"),
    "relief_monthly_cost": Decimal("4960"),
}


@pytest.mark.parametrize(
    ("verdict", "move", "said"),
    [
        (
            {},
            MOVE,
            "Move 47 smb_ai customers to Hybrid from Jan 2027: +38.0k USD a year (80 %: +30.1k to "
            "+46.0k), 1 customer shocked on the first bill; reverses if churn of those rising 10 % "
            "to 25 % exceeds 3.8 %.",
        ),
        (
            {"verdict": "not_yet"} | CAPPED,
            BROKEN,
            "Do not move smb_ai yet: Hybrid brings +38.0k USD a year (80 %: +30.1k to +46.0k) but "
            "breaks the limits of bill shock and extra churn; a cap at +20 % keeps them for 4.96k "
            "USD a month.",
        ),
        (
            {"verdict": "not_yet", "is_trigger": False},
            BROKEN,
            "Do not move smb_ai yet: Hybrid brings +38.0k USD a year (80 %: +30.1k to +46.0k), and "
            "the signals do not call for a move.",
        ),
        ({"verdict": "hold_data"}, None, "No decision on smb_ai yet: coverage is low."),
        (
            {"verdict": "review"},
            MOVE,
            "Pause moving smb_ai: customers who moved break a limit; Hybrid brings +38.0k USD a "
            "year (80 %: +30.1k to +46.0k).",
        ),
        (
            {"verdict": "not_yet"},
            None,
            "Leave smb_ai on today's model: no proposal can be judged yet.",
        ),
    ],
)
def test_the_memo_says_what_to_do_and_what_it_brings(
    verdict: dict[str, Any], move: dict[str, Any] | None, said: str
) -> None:
    assert memo.sentence(VERDICT | verdict, move, [], "USD") == said


def test_the_memo_says_which_row_would_fix_the_data() -> None:
    gap = {"mrr_unlocked": Decimal("12000"), "fix": "Add the price agreed with a12."}
    said = memo.sentence(VERDICT | {"verdict": "hold_data"}, None, [gap], "USD")
    assert said == (
        "No decision on smb_ai yet: fix its data first (12.0k USD of MRR). Add the price agreed "
        "with a12."
    )


def test_a_gain_that_is_not_available_says_why() -> None:
    unknown = MOVE | {"yearly_gain": None, "yearly_gain_reason": "no_churn_assumptions"}
    assert memo.gain(unknown, "USD") == (
        "its gain is not available (churn_assumptions.csv has no rows)"
    )


def test_reasons_and_risks_are_sorted_by_what_they_speak_for() -> None:
    still = {"difference": Decimal("-56425"), "change": Decimal("-0.168")}
    signals = [
        {"signal": "seats_idle", "is_firing": True, "is_available": True},
        {"signal": "expansion_weak", "is_firing": False, "is_available": True},
        {"signal": "margin_exposed", "is_firing": True, "is_available": True},
    ]
    for_it, against = memo.points(VERDICT, MOVE, still, signals, "USD")
    assert for_it == [
        "Standing still: −56.4k USD over the next 12 months (−16.8 %)",
        "Within limits in every window",
        "Hybrid: +38.0k USD a year (80 %: +30.1k to +46.0k)",
    ]
    assert against == [
        "First bill: 45 of 47 pay more, 4.98k USD in all; the worst Cedar +200 USD (+35 %)"
    ]
    rising = still | {"difference": Decimal("56425"), "change": Decimal("0.168")}
    waiting = VERDICT | {"is_trigger": False, "confidence": "medium"}
    for_it, against = memo.points(waiting, BROKEN, rising, signals, "USD")
    assert for_it[0].startswith("Hybrid: +38.0k")
    assert against[0].startswith("The signals do not call for a move")
    assert against[1] == "Standing still: +56.4k USD over the next 12 months (+16.8 %)"


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (None, "not proposed"),
        (MOVE, "+38.0k ✓ · first bill"),
        (BROKEN, "+38.0k ✗ shock, churn · first bill"),
        (
            BROKEN | {"broken_in_windows": "shock,churn,revenue", "deciding_window": "next_12"},
            "+38.0k ✗ 3 limits · next 12",
        ),
        (MOVE | {"is_small": True}, "+38.0k · too few accounts"),
        (MOVE | {"yearly_gain": None}, "n/a ✓ · first bill"),
    ],
)
def test_a_cell_of_the_matrix_has_gain_mark_and_window(
    move: dict[str, Any] | None, said: str
) -> None:
    assert memo.cell(move) == said


def test_the_journal_suggests_what_was_chosen() -> None:
    still = {"difference": Decimal("-56425")}
    said = "Do not move smb_ai yet."
    waits = VERDICT | {"verdict": "not_yet"}
    loses = "−56.4k USD over the next 12 months by standing still"
    assert memo.suggested("Approve", waits, BROKEN, still, said, "USD") == (
        f"Approved: {said}",
        loses,
    )
    assert memo.suggested("Defer", VERDICT, MOVE, still, said, "USD") == (
        f"Deferred: {said}",
        loses,
    )
    pilot, expected = memo.suggested("Pilot", waits, BROKEN, still, said, "USD")
    assert pilot == "Pilot: Hybrid with smb_ai, 12 customers shocked on the first bill."
    assert expected.startswith("+38.0k USD a year")


def test_the_page_shows_the_figures_of_the_segment_and_proposal_in_the_link(
    open_page: OpenPage,
) -> None:
    page = open_page("memo", verdict="smb", scenario="outcome")
    assert not page.exception
    shown = {metric.label: (metric.value, metric.delta) for metric in page.metric}
    assert shown == {
        "Standing still, next 12 months": ("−2.34k USD", "−10.0 %"),
        "Gain from moving, a year": ("−1.87k USD", "−2.57k to −1.29k"),
        "Pay more on the first bill": ("0 of 5", "0 USD, 0 shocked"),
    }
    [mix] = [one.value for one in page.caption if "Best mix" in one.value]
    assert plain("smb_ai to Hybrid seat + outcome; the rest stay.") in mix


def test_a_decision_on_one_segment_is_not_shown_for_another(
    open_page: OpenPage,
) -> None:
    page = open_page("memo", verdict="smb")
    page.button(key="decide_defer").click().run()
    page.text_input(key="decision_name").set_value("Ada Park")
    # a browser runs the drawer alone again; here the whole page runs, with its button pressed
    page.button(key="decide_defer").click()
    page.button(key="FormSubmitter:record_decision-Record decision").click().run()
    assert not page.error
    said = {
        segment: [
            one.value.replace("\\", "")
            for one in open_page("memo", verdict=segment).caption
            if "decision on" in one.value.lower() or "Last decision" in one.value
        ]
        for segment in ("smb", "enterprise")
    }
    assert "by Ada Park, at NOT YET" in said["smb"][0]
    assert said["enterprise"] == ["No decision on enterprise is recorded yet."]
