"""Every page on sample, empty, partial and missing data; golden figures; hostile names."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import filters, formatting
from dashboards.data import cohorts
from dashboards.data.warehouse import Snapshot
from tests.dashboards import offered, sample
from tests.dashboards.conftest import PAGES, OpenPage
from tests.dashboards.links import EVERY_FILTER, LEFT_ALONE
from tests.dashboards.offered import view_of

TAKEAWAYS = {
    "memo": "Pilot Hybrid seat + outcome with 6 smb_ai customers from Jan 2027: +1.18k USD a year "
    "(80 %: +337 to +1.88k), 1 customer shocked on the first bill; reverses if churn of those "
    "rising 10 % to 25 % exceeds 5.0 %.",
    "decision": "Pilot Hybrid seat + outcome with smb_ai: +4.2 % revenue, 3 % bill shock.",
    "seat_utilization": "65.0 % of the seats paid for were used in Oct 2026; "
    "idle seats cost 1.17k USD that month, most of it in smb_ai (936).",
    "cohorts": "Over twelve months NRR is 103.0 % and GRR 88.0 %; "
    "MRR closed Oct 2026 at 4.56k USD (−12 in the month).",
    "bill_shock": "Shock rate 8.3 % → 0.0 % with a 20 % monthly cap, costing 80 USD a month; "
    "0 of 12 accounts remain. Real bills: 8.3 % shocked in Oct 2026.",
    "shadow_billing": "Over twelve months Hybrid seat + outcome would bill +2.36k USD "
    "(+4.2 %; 80 % range +1.2 … +6.7 %): 0 of 12 accounts pay less, 12 more.",
    "account": "Account 1 would pay 406.38 instead of 390.00 USD (+16.38): "
    "+256.38 outcomes, −240.00 seats.",
    "triggers": "2 of 3 signals are on for All segments; the migration trigger does not hold; "
    "nearest to firing: Discount leakage, 3.1 % against 6.0 %.",
    "timing": "Wave 1 moves 6 accounts in Jan 2027 (2.28k USD MRR); 9 move in 2 waves by "
    "Mar 2027; 2 locked by contract, 1 left out.",
    "data_health": "1 of 2 exports is present; 3 of 110 rows are quarantined and 1 file refused; "
    "1 closed month without rows; re-rated bills agree with 99.50 % of the amounts.",
    "definitions": "Trailing retention v2 since 1 Oct 2026: usage revenue included; 42 metrics.",
}
TAKEAWAYS["economics"] = (
    "Heavy users (top 50 %, 6 accounts) have 11.0 % margin today, 16.7 % under "
    "Hybrid seat + outcome; gross margin of Oct 2026: 73.1 %."
)
TAKEAWAYS["scenario_lab"] = (
    "Hybrid seat + outcome keeps the limits; that of churn breaks if churn among accounts "
    "above +25 % exceeds 9.0 % (assumed 4.0 %)."
)
# the same of homes that lack data: nothing at all, all but one account, the usage export
PARTIAL = {
    "empty": {
        "memo": "No closed month has a verdict yet.",
        "decision": "No closed month has a verdict yet.",
        "triggers": "No closed month has signals yet.",
        "seat_utilization": "No closed month has billable seats yet.",
        "cohorts": "No closed month has recurring revenue yet.",
        "bill_shock": "No bill has two usual months before it yet, so none can be called a shock.",
        "shadow_billing": "No proposal is rated yet.",
        "account": "No account is known yet.",
        "timing": "No proposal is rated yet, so no account has a date to move.",
        "scenario_lab": "There is no proposal to change.",
        "economics": "No closed month has figures yet.",
        "data_health": "No export has been read yet.",
        "definitions": "42 metrics; no threshold is in force.",
    },
    "one_account": {
        **TAKEAWAYS,
        "memo": "No closed month has a verdict yet.",
        "decision": "No closed month has a verdict yet.",
        "triggers": "2 of 3 signals are on for All segments; the migration trigger cannot be "
        "judged; nearest to firing: Discount leakage, 3.1 % against 6.0 %.",
        "seat_utilization": "65.0 % of the seats paid for were used in Oct 2026; "
        "idle seats cost 156 USD that month.",
        "cohorts": "Over twelve months NRR is 103.0 % and GRR 88.0 %; "
        "MRR closed Oct 2026 at 390 USD (+9 in the month).",
        "timing": "Wave 1 moves 1 account in Jan 2027 (390 USD MRR).",
    },
    "nothing_available": {
        **TAKEAWAYS,
        "memo": "No decision on smb_ai yet: utilization of smb_ai is not available (no usage "
        "export).",
        "decision": "Hold: utilization of smb_ai is not available (no usage export).",
        "triggers": "No signal is available for All segments: no usage export.",
        "seat_utilization": "Seat utilization is not available: no usage export.",
        "bill_shock": "1 of 12 real bills (8.3 %) shocked in Oct 2026.",
        "shadow_billing": "No account has three closed months under both models yet.",
        "account": "Account 1 cannot be billed under this proposal: the proposal has no plan in "
        "its currency.",
        "timing": "No account moves to Hybrid seat + outcome this way: 12 left out.",
        "scenario_lab": "Change a price of Hybrid seat + outcome to see what it would have billed.",
        "economics": "Margin in Oct 2026 is not available (no cost_rates export).",
        "data_health": "1 of 2 exports is present; 3 of 110 rows are quarantined and 1 file "
        "refused; "
        "1 closed month without rows.",
    },
}
# what stands in the page's frames of these homes
FIGURES = {
    ("empty", "data_health"): ["0 of 0", "0", "0", "–", "–", "–"],
    ("one_account", "account"): ["390.00 USD", "406.38 USD", "+16.38 USD", "390.00 USD"],
    ("one_account", "cohorts"): ["103.0 %", "88.0 %", "100.0 %", "390 USD", "385 USD"],
    ("one_account", "data_health"): ["1 of 2", "110", "3", "99.50 %", "91.0 %", "–"],
    ("one_account", "economics"): ["73.1 %", "1.26k USD", "8.3 %", "2.0 %", "8.3", "0.890 USD"],
    ("one_account", "seat_utilization"): ["65.0 %", "10", "1", "156 USD"],
    ("one_account", "shadow_billing"): ["56.2k USD", "58.5k USD", "+4.2 %", "0 / 12"],
    ("nothing_available", "cohorts"): ["103.0 %", "88.0 %", "100.0 %", "4.56k USD", "n/a"],
    ("nothing_available", "data_health"): ["1 of 2", "110", "3", "–", "–", "–"],
    ("nothing_available", "memo"): ["–", "–", "–"],
    ("nothing_available", "decision"): ["–", "–", "–", "–", "–", "MEDIUM"],
    ("nothing_available", "economics"): ["n/a"] * 6,
    ("nothing_available", "seat_utilization"): ["–", "120", "–", "–"],
}
ACCOUNT = {"account": {"account": "a01"}}


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def texts(page: AppTest) -> str:
    return "\n".join(
        str(element.value)
        for kind in (page.markdown, page.caption, page.subheader, page.info, page.header)
        for element in kind
    )


def said(page: AppTest) -> str:
    """The texts without the marks that keep markdown from reading them."""
    return texts(page).replace("\\", "")


@pytest.mark.parametrize("name", PAGES)
def test_page_says_its_takeaway_of_the_sample(name: str, open_page: OpenPage) -> None:
    page = open_page(name, **ACCOUNT.get(name, {}))
    assert not page.exception
    assert page.subheader[0].value == formatting.plain(TAKEAWAYS[name])
    assert "generation 1" in texts(page)
    # the lab ends early on a snapshot that carries no price book
    assert name == "scenario_lab" or "price book `prices-1`" in said(page)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("home", list(PARTIAL))
def test_page_says_its_takeaway_of_partial_data(name: str, home: str, open_page: OpenPage) -> None:
    page = open_page(name, home, **ACCOUNT.get(name, {}))
    assert not page.exception
    assert page.subheader[0].value == formatting.plain(PARTIAL[home][name])
    assert list(metrics(page).values()) == FIGURES.get((home, name), [])


@pytest.mark.parametrize("name", PAGES)
def test_page_without_snapshot_says_how_to_make_one(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "none")
    assert not page.exception
    assert page.header[0].value == "Nothing published yet"
    assert "make run" in page.code[0].value
    assert "seatshift refresh --home" in page.code[0].value


@pytest.mark.parametrize(
    "name",
    [
        "decision",
        "triggers",
        "seat_utilization",
        "cohorts",
        "shadow_billing",
        "timing",
        "scenario_lab",
        "data_health",
    ],
)
def test_empty_page_says_what_to_do_and_draws_nothing(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "empty")
    assert page.info
    assert not page.get("vega_lite_chart")


def test_decision_shows_the_strongest_segment_first(open_page: OpenPage) -> None:
    page = open_page("decision")
    assert page.selectbox(key="verdict").value == "smb_ai"
    assert metrics(page) == {
        "Standing still": "−2.81k USD",
        "Moving": "+1.18k USD",
        "Pay more at first": "6 of 6",
        "Revenue change": "+4.2 %",
        "Migration shock": "3.0 %",
        "Confidence": "MEDIUM",
    }
    segments = page.dataframe[0].value
    assert list(segments["segment"]) == ["smb_ai", "smb", "enterprise", "All segments"]
    assert list(segments["sure"]) == ["medium", "medium", "n < 5", "medium"]


def test_decision_follows_the_segment_filter(open_page: OpenPage) -> None:
    page = open_page("decision")
    page.selectbox(key="verdict").set_value("smb").run()
    assert not page.exception
    assert metrics(page)["Standing still"] == "−2.34k USD"
    assert page.subheader[0].value == formatting.plain(
        "Not yet for smb: the trigger does not hold."
    )


def test_decision_shows_the_chosen_horizon_and_case(open_page: OpenPage) -> None:
    assert (
        "Over the 12 months up to Oct 2027 Hybrid seat + outcome bills 29.3k USD "
        "(80 %: 23.4k USD to 36.6k USD), today's model 28.1k USD (80 %: 22.5k USD to 35.1k USD)."
        in said(open_page("decision"))
    )
    page = open_page("decision", horizon="24", case="High", verdict="smb")
    assert (
        "Over the 24 months up to Oct 2028 Hybrid seat + outcome bills 48.8k USD "
        "(80 %: 39.0k USD to 61.0k USD, wider beyond twelve months), today's model 46.8k USD "
        "(80 %: 37.4k USD to 58.5k USD, wider beyond twelve months)." in said(page)
    )
    assert "Past projections of 12 months were 12.0 % off, by the median (8 comparisons)" in said(
        page
    )
    seen = view_of(page)
    assert (seen.filters["Horizon in months"], seen.filters["Case"]) == ("24", "High")
    rows = next(one.table for one in seen.exports if one.name == "projections").to_pylist()
    assert [row["month_ahead"] for row in rows] == [3] * 6 + [6] * 6 + [12] * 6 + [24] * 6
    assert {row["scenario_id"] for row in rows} == {"current", "hybrid"}
    graded = next(one.table for one in seen.exports if one.name == "forecast-accuracy")
    assert graded.column("horizon_months").to_pylist() == [1, 3, 6, 12]
    assert [toast.value for toast in open_page("decision", horizon="18").toast]
    assert "The 12 months up to Oct 2027" not in said(page)


def test_decision_shows_one_proposal_next_to_the_published_verdicts(
    open_page: OpenPage,
) -> None:
    page = open_page("decision", scenario="outcome")
    assert page.subheader[0].value == formatting.plain(TAKEAWAYS["decision"])
    assert (
        "Figures are for Pure outcome, which breaks bill shock; "
        "the verdict names Hybrid seat + outcome." in said(page)
    )
    assert metrics(page)["Revenue change"] == "−8.0 %"
    segments = page.dataframe[0].value
    assert [names[0] for names in segments["verdict"]] == ["PILOT"] + ["NOT YET"] * 3
    assert list(segments["limits"]) == ["shock", "shock", "n < 5", "shock"]
    assert not any(segments["named"])
    assert "Pure outcome bills" in said(page)
    named = open_page("decision", scenario="hybrid")
    assert "which the verdict names; it keeps the limits." in said(named)
    assert all(named.dataframe[0].value["named"])
    best = open_page("decision").dataframe[0].value
    assert "named" not in best.columns
    assert list(best["proposal"]) == ["Hybrid seat + outcome"] * 4


def test_decision_shows_every_window_and_which_decides(open_page: OpenPage) -> None:
    page = open_page("decision")
    seen = page.session_state["view_of_the_page"]
    windows = next(one.table for one in seen.exports if one.name == "windows").to_pylist()
    assert [row["window"] for row in windows] == [
        "trailing_12",
        "trailing_3",
        "first_bill",
        "next_12",
    ]
    assert [row["window"] for row in windows if row["is_deciding"]] == ["first_bill"]
    assert (
        "Standing still changes revenue by −2.81k USD over the next 12 months compared with the "
        "last 12 (−10.0 %; 80 %: −13.0 … −8.0 %), and by −5.62k USD over 24 months compared with "
        "twice the last 12." in said(page)
    )
    missing = open_page("decision", "nothing_available")
    assert "The cost of standing still is not projected: " in said(missing)
    assert metrics(missing)["Standing still"] == "–"


def test_decision_shows_the_level_of_the_range_that_is_asked_for(open_page: OpenPage) -> None:
    page = open_page("decision", confidence="95")
    [change] = [metric for metric in page.metric if metric.label == "Revenue change"]
    assert change.delta == "−0.8 … +8.7 %"
    assert page.subheader[0].value == formatting.plain(TAKEAWAYS["decision"])
    seen = view_of(page)
    assert (seen.filters["Confidence level in %"], seen.filters["Scenario"]) == (
        "95",
        "Best per segment",
    )
    verdicts = next(one.table for one in seen.exports if one.name == "verdicts").to_pylist()
    assert {row["confidence_level"] for row in verdicts} == {95}
    assert (
        "95 % range; Revenue rises in 17 of 20 simulations; dashed: limit of the 80 % range"
        in said(page)
    )
    [usual] = [one for one in open_page("decision").metric if one.label == "Revenue change"]
    assert usual.delta == "+1.2 … +6.7 %"
    assert [toast.value for toast in open_page("decision", confidence="99").toast]


def test_decision_looks_as_far_ahead_as_it_is_asked_to(open_page: OpenPage) -> None:
    page = open_page("decision")
    assert "Most can move Jan 2027: 2.28k USD" in said(page)
    page = open_page("decision", verdict="smb", scenario="hybrid", horizon="24")
    assert "Most can move Mar 2027: 1.15k USD" in said(page)
    assert "MRR that can move, USD; outlined: locked until then; shaded: best months" in said(page)
    page = open_page("decision", horizon="3", verdict="enterprise")
    assert "Nobody of this segment can move in the coming 3 months." in said(page)
    assert "Over the 3 months up to Jan 2027" in said(page)


def test_seat_utilization_follows_the_segment_filter(open_page: OpenPage) -> None:
    page = open_page("seat_utilization")
    assert metrics(page)["Paid for idle seats"] == "1.17k USD"
    page.selectbox(key="segment").set_value("smb").run()
    assert metrics(page) == {
        "Utilization, Oct 2026": "65.0 %",
        "Billable seats": "50",
        "Never active seats": "5",
        "Paid for idle seats": "195 USD",
    }


def test_seats_are_active_in_a_month_or_in_its_last_days(open_page: OpenPage) -> None:
    page = open_page("seat_utilization", active="7 days")
    assert page.subheader[0].value.startswith(
        formatting.plain("55.0 % of the seats paid for were used in the last 7 days of Oct 2026;")
    )
    assert metrics(page)["Utilization, last 7 days of Oct 2026"] == "55.0 %"
    plans = next(table.value for table in page.dataframe if "plan_id" in table.value.columns)
    assert list(plans["value"]) == pytest.approx([0.55])
    page = open_page("seat_utilization", active="28 days", segment="smb")
    assert not page.exception
    assert metrics(page)["Utilization, last 28 days of Oct 2026"] == "60.0 %"
    assert (
        "Utilization by plan over the last 28 days is published only for all segments and "
        "currencies" in said(page)
    )


def test_seats_are_shown_by_plan_and_role_and_against_automation(open_page: OpenPage) -> None:
    page = open_page("seat_utilization")
    tables = {
        name: table.value
        for name in ("plan_id", "role")
        for table in page.dataframe
        if name in table.value.columns
    }
    assert list(tables["plan_id"]["value"]) == [0.75]
    assert dict(zip(tables["role"]["role"], tables["role"]["value"], strict=True)) == {
        "member": 0.688,  # 68.75 %, as it is shown
        "admin": 1.0,
    }
    exports = view_of(page).exports
    points = next(one.table for one in exports if one.name == "seats-against-automation")
    listed = points.to_pylist()
    assert len(listed) == 12
    assert {float(row["automation_share"]) for row in listed} == {0.75}
    assert [float(row["utilization"]) for row in listed if row["segment"] == "smb_ai"] == [0.6] * 6
    assert "6 accounts use under 70 % of the seats while automation does 50 % or more" in said(page)


def test_seats_are_shown_for_the_chosen_months(open_page: OpenPage) -> None:
    page = open_page("seat_utilization", **{"from": "2026-01", "to": "2026-03"})
    assert not page.toast
    assert metrics(page)["Utilization, Mar 2026"] == "65.0 %"
    assert view_of(page).filters["To"] == "Mar 2026"
    backwards = open_page("seat_utilization", **{"from": "2026-03", "to": "2026-01"})
    assert "all months are shown" in backwards.toast[0].value
    assert "Utilization, Oct 2026" in metrics(backwards)
    unknown = open_page("seat_utilization", **{"from": "1999-01"})
    assert "not available here" in unknown.toast[0].value


def test_cohorts_follow_the_segment_filter(open_page: OpenPage) -> None:
    page = open_page("cohorts")
    page.selectbox(key="segment").set_value("enterprise").run()
    assert not page.exception
    moved = page.dataframe[1].value
    assert len(moved) == 12
    assert (moved["closing"][0], moved["contraction"][0]) == (370.0, -10.0)


def test_cohorts_are_counted_in_quarters_with_their_average(open_page: OpenPage) -> None:
    page = open_page("cohorts", granularity="Quarter", cells="Amount")
    exports = view_of(page).exports
    cells = next(export.table for export in exports if export.name == "cohorts").to_pylist()
    assert [row["age"] for row in cells if row["cohort"] == "2025-Q4"] == [0, 1, 2, 3, 4]
    average = [row for row in cells if row["cohort"] == "average"]
    assert average == cells[-5:]
    assert average[0]["mrr_retained"] == 5 * 1000
    assert "share of quarter 0" in texts(page)


def test_mrr_that_changes_its_segment_is_shown_separately(open_page: OpenPage) -> None:
    page = open_page("cohorts", segment="smb")
    moved = page.dataframe[0].value
    assert list(moved["movement"])[1:3] == ["From other segments", "To other segments"]
    assert list(moved["amount"])[1:3] == [380.0, -380.0]
    everyone = open_page("cohorts").dataframe[0].value
    assert "From other segments" not in list(everyone["movement"])


def test_revenue_per_account_is_that_of_the_version_shown(open_page: OpenPage) -> None:
    page = open_page("cohorts")
    assert metrics(page)["ARPU, Oct 2026"] == "385 USD"
    [card] = [entry for entry in page.metric if entry.label.startswith("ARPU")]
    assert card.help.startswith("Activity: revenue of the month")
    assert page.dataframe[1].value["arpu"][0] == 385
    assert metrics(open_page("cohorts", mrr="With usage"))["ARPU, Oct 2026"] == "640 USD"


def test_exchange_rates_lead_from_the_last_closing_to_the_months_own(open_page: OpenPage) -> None:
    page = open_page("cohorts")
    fx = page.dataframe[0].value.iloc[0]
    assert (fx["movement"], fx["amount"], fx["accounts"]) == ("FX", -12.0, 12)
    month = page.dataframe[1].value.iloc[0]
    steps = sum(month[name] for name in cohorts.MOVEMENTS)
    assert (month["previous_closing"], month["closing"]) == (4572.0, 4572.0 + steps)


def test_a_cell_of_the_triangle_leads_to_its_accounts(open_page: OpenPage) -> None:
    assert "Click a cell, or choose a cohort" in texts(open_page("cohorts"))
    page = open_page("cohorts", cohort="2025-10", age="3")
    assert (
        "**Oct 2025 after 3 months**: 5 of 6 accounts still pay; 1 grown, 4 unchanged, 1 lost"
        in (said(page))
    )
    exports = view_of(page).exports
    tables = {one.name: one.table.to_pylist() for one in exports}
    cell = next(row for row in tables["cohorts"] if (row["cohort"], row["age"]) == ("2025-10", 3))
    listed = tables["cohort-accounts"]
    assert sum(row["mrr"] for row in listed) == cell["mrr_retained"] == 1150
    assert sum(row["mrr_start"] for row in listed) == cell["mrr_start"]
    assert [row["account_id"] for row in listed][:2] == ["a01", "a06"]
    quarter = open_page("cohorts", granularity="Quarter", cohort="2025-Q4", age="1")
    assert "**Q4 2025 after 1 quarter**: 5 of 6 accounts still pay" in said(quarter)
    assert "not available here" in open_page("cohorts", cohort="1999-01").toast[0].value


def test_a_choice_that_is_no_longer_offered_gives_way_to_the_default(open_page: OpenPage) -> None:
    page = open_page("cohorts", cohort="2025-10", age="12")
    page.session_state["granularity"] = "Quarter"
    page.run()
    assert not page.exception
    assert page.selectbox(key="cohort_pick").value == "none"
    assert page.selectbox(key="age").value == "0"


def test_months_are_chosen_as_sentences_write_them_and_linked_by_number(
    open_page: OpenPage,
) -> None:
    page = open_page("cohorts", month="2026-09")
    box = page.selectbox(key="month_pick")
    assert (box.value, box.options[:2]) == ("2026-09", ["Oct 2026", "Sep 2026"])
    assert page.query_params["month"] == "2026-09"
    box.set_value("2026-08").run()
    assert page.query_params["month"] == "2026-08"
    assert "**Movements of Aug 2026**" in said(page)
    # a month that the period leaves out gives way to the latest, without a word about links
    page.selectbox(key="from_pick").set_value("2026-10").run()
    assert not page.toast
    assert page.selectbox(key="month_pick").value == "2026-10"
    assert page.query_params.get("from") == "2026-10"
    assert "month" not in page.query_params


def test_cohorts_are_shown_for_the_chosen_months(open_page: OpenPage) -> None:
    page = open_page("cohorts", **{"from": "2026-01", "to": "2026-03"})
    assert not page.exception
    exports = view_of(page).exports
    tables = {one.name: one.table.to_pylist() for one in exports}
    assert [row["month"] for row in tables["mrr-movements"]] == ["2026-03", "2026-02", "2026-01"]
    begun = {row["cohort"] for row in tables["cohorts"]}
    assert begun == {"2026-01", "2026-02", "2026-03", "average"}
    assert "MRR, Mar 2026" in metrics(page)
    whole = view_of(open_page("cohorts")).exports
    assert (
        "2025-10" in next(one.table for one in whole if one.name == "cohorts")["cohort"].to_pylist()
    )


def test_bill_shock_follows_the_proposal_filter(open_page: OpenPage) -> None:
    page = open_page("bill_shock")
    assert list(page.dataframe[0].value["shocks"]) == [1, 1, 1, 1]
    assert list(page.dataframe[2].value["account_id"]) == ["a01"]
    page.selectbox(key="scenario_pick").set_value("outcome").run()
    assert not page.exception
    assert "No account of this segment would be shocked" in texts(page)


def test_shadow_billing_follows_the_proposal_filter(open_page: OpenPage) -> None:
    page = open_page("shadow_billing")
    assert metrics(page)["Current model"] == "56.2k USD"
    page.selectbox(key="scenario_pick").set_value("outcome").run()
    assert metrics(page)["Pure outcome"] == "51.7k USD"
    assert metrics(page)["Change"] == f"{formatting.MINUS}8.0 %"
    against = {card.label: card.delta for card in page.metric}
    assert against["Pure outcome"] == f"{formatting.MINUS}4.49k"
    assert against["Pay less / more"] == "of 12 accounts"


def test_proposals_stand_side_by_side(open_page: OpenPage) -> None:
    page = open_page("shadow_billing")
    table = next(one.value for one in page.dataframe if "winner_count" in one.value.columns)
    assert list(table["scenario_name"]) == ["Hybrid seat + outcome", "Pure outcome"]
    assert list(table["difference_reporting"]) == pytest.approx([2358.72, -4492.8])
    assert list(table["winner_count"]) == [0, 12]
    chosen = open_page("shadow_billing", scenario="outcome", beside="hybrid")
    assert view_of(chosen).filters["Compare with"] == "Hybrid seat + outcome"
    assert not chosen.toast


def test_every_account_is_listed_from_either_end(open_page: OpenPage) -> None:
    def listed(page: AppTest) -> list[float]:
        exports = view_of(page).exports
        table = next(one.table for one in exports if one.name == "shadow-accounts")
        return [float(rise) for rise in table["monthly_increase_reporting"].to_pylist()]

    rises = listed(open_page("shadow_billing"))
    falls = listed(open_page("shadow_billing", order="Largest fall first"))
    assert rises == sorted(rises, reverse=True)
    assert falls == sorted(rises)


def test_shadow_bills_of_one_currency_are_sums_of_its_accounts(open_page: OpenPage) -> None:
    whole, one = open_page("shadow_billing"), open_page("shadow_billing", currency="USD")
    assert not one.exception
    assert metrics(one) == metrics(whole)
    assert "Causes are summed over accounts of all currencies." in said(one)
    assert "no range for one currency" in str([entry.delta for entry in one.metric])
    assert "not available here" in open_page("shadow_billing", currency="XXX").toast[0].value


def test_shadow_bills_are_shown_for_the_chosen_months(open_page: OpenPage) -> None:
    page = open_page("shadow_billing", **{"from": "2026-02", "to": "2026-04"})
    exports = view_of(page).exports
    months = next(one.table for one in exports if one.name == "shadow-months")
    assert months["month"].to_pylist() == ["2026-02", "2026-03", "2026-04"]
    assert metrics(page)["Current model"] == "56.2k USD"


def test_account_totals_equal_their_lines(open_page: OpenPage) -> None:
    page = open_page("account", account="a01")
    lines = page.dataframe[0].value
    assert lines["current_amount"].sum() == pytest.approx(390)
    assert lines["proposed_amount"].sum() == pytest.approx(406.38)
    assert metrics(page) == {
        "Current": "390.00 USD",
        "Proposed": "406.38 USD",
        "Difference": "+16.38 USD",
        "Actually invoiced": "390.00 USD",
    }
    assert lines["current_explanation"][0] == "10 seats billed, 6 of them active: 10 × 39.00"


def test_account_shows_its_months_seats_and_work_with_the_source_of_each_event(
    open_page: OpenPage,
) -> None:
    page = open_page("account", account="a03")
    assert len(page.get("vega_lite_chart")) == 3
    exports = {one.name: one.table for one in view_of(page).exports}
    assert exports["account-months"].num_rows == 12
    work = exports["account-usage"].to_pylist()
    assert [row["quantity"] for row in work[:2]] == [300, 100]
    assert [row["actor_type"] for row in work[:2]] == ["automation", "human"]
    [event] = exports["seat-events"].to_pylist()
    assert (event["source_file"], event["source_row"]) == ("seats.csv", 3)


def test_account_in_the_url_follows_the_choice(open_page: OpenPage) -> None:
    page = open_page("account")
    assert "Choose an account" in texts(page)
    page.selectbox(key="account_pick").set_value("a07").run()
    assert page.query_params["account"] == "a07"
    assert "Account 7 would pay" in page.subheader[0].value


def test_of_many_accounts_those_that_hold_a_text_are_offered(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FEW", 5)
    monkeypatch.setattr(filters, "LISTED", 2)
    page = open_page("account")
    assert "12 accounts; the first 2 are listed." in texts(page)
    assert len(page.selectbox(key="account_pick").options) == 2
    # several contain it: the reader chooses, and the page says how to find the others
    page.text_input(key="account_find").set_value("account 1").run()
    assert "4 accounts contain “account 1”; the first 2 are listed: type more" in said(page)
    # one of them is it to the letter
    assert page.query_params["account"] == "a01"
    page.text_input(key="account_find").set_value("A07").run()
    assert page.query_params["account"] == "a07"
    assert "Account 7 would pay" in page.subheader[0].value
    # the text is not asked again: the other account that is listed can be chosen
    page.text_input(key="account_find").set_value("Account 1").run()
    page.selectbox(key="account_pick").set_value("a10").run()
    assert page.query_params["account"] == "a10"
    page.text_input(key="account_find").set_value("nobody").run()
    assert "No account's name or id contains “nobody”." in said(page)
    assert page.selectbox(key="account_pick").options == ["Account 10 · a10"]
    assert "Account 10 would pay" in page.subheader[0].value


def test_an_account_in_the_url_is_shown_among_many(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FEW", 5)
    monkeypatch.setattr(filters, "LISTED", 2)
    page = open_page("account", account="a09")
    assert "Account 9 would pay" in page.subheader[0].value
    assert page.selectbox(key="account_pick").options[0] == "Account 9 · a09"
    assert not page.toast
    page = open_page("account", account="no-such-account")
    assert not page.exception
    assert "not available here" in page.toast[0].value


def test_bad_values_in_the_url_fall_back_and_say_so(open_page: OpenPage) -> None:
    page = open_page("memo", verdict="no-such-segment")
    assert not page.exception
    assert page.selectbox(key="verdict").value == "smb_ai"
    assert "not available here" in page.toast[0].value
    page = open_page("account", account="no-such-account")
    assert not page.exception
    assert "not available here" in page.toast[0].value


@pytest.mark.parametrize("name", PAGES)
def test_a_link_sets_every_filter_of_a_page(name: str, open_page: OpenPage) -> None:
    page = open_page(name, **EVERY_FILTER[name])
    assert not page.exception
    assert not page.toast
    unmoved = [
        key for key, default in view_of(page).defaults.items() if page.session_state[key] == default
    ]
    assert unmoved == LEFT_ALONE.get(name, [])


def test_segment_in_the_url_is_shown(open_page: OpenPage) -> None:
    page = open_page("decision", verdict="enterprise")
    assert page.selectbox(key="verdict").value == "enterprise"
    assert not page.toast


@pytest.mark.parametrize("name", PAGES)
def test_old_data_is_called_stale_and_shown_as_it_was(
    name: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refresh is due every 24 hours, with 6 of grace."""
    asked = ACCOUNT.get(name, {})
    monkeypatch.setattr(sample, "AS_OF", sample.AS_OF + timedelta(hours=31))
    page = open_page(name, **asked)
    assert not page.exception
    stated = TAKEAWAYS[name]
    if name == "data_health":
        stated = f"{stated.removesuffix('.')}; the data is stale."
    assert page.subheader[0].value == formatting.plain(stated)
    assert "Stale – run seatshift refresh" in texts(page)
    assert "31 h old" in texts(page)


def test_data_within_its_grace_is_not_stale(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "AS_OF", sample.AS_OF + timedelta(hours=30))
    assert "Stale" not in texts(open_page("decision"))


def test_an_open_page_keeps_its_generation_and_offers_the_new_one(
    open_page: OpenPage, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(homes, "moving", tmp_path)
    first = sample.publish(tmp_path, sample.one_account, generation=1)
    page = open_page("cohorts", "moving")
    assert "390 USD" in page.subheader[0].value
    assert not [button for button in page.button if button.key == "show_published"]

    sample.publish(tmp_path, sample.whole, generation=2)
    page.run()
    assert "generation 1" in texts(page)
    assert "390 USD" in page.subheader[0].value
    offer = page.button(key="show_published")
    assert offer.label == "Generation 2 is ready – show it"
    page.switch_page("app_pages/decision.py").run()
    assert "generation 1" in texts(page)
    page.button(key="show_published").click().run()
    assert "generation 2" in texts(page)
    assert page.subheader[0].value == formatting.plain(TAKEAWAYS["decision"])
    assert "generation 2" in texts(open_page("cohorts", "moving"))

    sample.point_at(tmp_path, first, generation=1)
    page.run()
    assert page.button(key="show_published").label.startswith("Generation 1 is published again")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_one_generation_even_if_another_is_published_while_it_runs(
    name: str, open_page: OpenPage, homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = homes["two_generations"]
    sample.point_at(home, home / "var/snapshots/v000001.duckdb", generation=1)
    page = open_page("decision", "two_generations")
    files = offered.watched(monkeypatch)
    read: list[int] = []
    really = Snapshot.answer

    def answer(snapshot: Snapshot, sql: str, /, **parameters: Any) -> Any:
        if not read:
            sample.point_at(home, home / "var/snapshots/v000002.duckdb", generation=2)
        read.append(snapshot.generation)
        return really(snapshot, sql, **parameters)

    monkeypatch.setattr(Snapshot, "answer", answer)
    page.query_params.update(ACCOUNT.get(name, {}))
    page.switch_page(f"app_pages/{name}.py").run()
    assert not page.exception
    assert set(read) == {1}
    assert view_of(page).snapshot.generation == 1
    assert files or name == "scenario_lab"  # this sample has no book to try prices on
    assert {file for file in files if "-v000001." not in file} == set()
    assert "generation 1" in texts(page)
    assert page.button(key="show_published").label.startswith("Generation 2 is ready")


def test_a_generation_that_was_cleaned_up_gives_way_to_the_published_one(
    open_page: OpenPage, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(homes, "moving", tmp_path)
    first = sample.publish(tmp_path, sample.settings_only, generation=1)
    page = open_page("decision", "moving")
    sample.publish(tmp_path, sample.settings_only, generation=2)
    first.unlink()
    page.run()
    assert not page.exception
    assert "generation 2" in texts(page)


def test_past_verdicts_are_shown_as_published(open_page: OpenPage) -> None:
    page = open_page("decision")
    history = next(
        table.value for table in page.dataframe if {"now", "why", "source"} <= {*table.value}
    )
    assert all("NOT YET" in row for row in history.astype(str).to_numpy().tolist())
    assert set(history["now"]) == {"PILOT"}
    assert set(history["why"]) == {"other thresholds, restated figures"}
    assert set(history["source"]) == {"published", "backfilled"}


def test_economics_shows_the_figures_and_follows_the_filters(open_page: OpenPage) -> None:
    page = open_page("economics")
    assert metrics(page) == {
        "Gross margin": "73.1 %",
        "Cost to serve": "1.26k USD",
        "Unprofitable customers": "8.3 %",
        "Discount leakage": "2.0 %",
        "Billing tickets per 100": "8.3",
        "Cost per resolution": "0.890 USD",
    }
    compared = next(one.value for one in page.dataframe if "slice_value" in one.value.columns)
    assert list(compared["slice_value"])[-1] == "All segments"
    assert page.dataframe[-1].value["account_id"][0] == "a01"
    page = open_page("economics", segment="smb")
    assert not page.exception
    assert len(page.dataframe[-1].value) == 5


def test_economics_says_why_margins_are_missing(open_page: OpenPage) -> None:
    page = open_page("economics", "nothing_available")
    assert set(metrics(page).values()) == {"n/a"}
    stated = texts(page)
    assert "Gross margin is not available: no cost\\_rates export" in stated
    assert "Support load is not available: no support\\_tickets export" in stated
    assert not page.get("arrow_vega_lite_chart")


def test_a_snapshot_of_another_version_says_what_to_do(
    open_page: OpenPage, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(connection: duckdb.DuckDBPyConnection) -> None:
        sample.whole(connection)
        connection.execute("alter table marts.fct_slice_metrics drop column is_small")

    monkeypatch.setitem(homes, "older", tmp_path)
    sample.publish(tmp_path, older)
    page = open_page("economics", "older")
    assert not page.exception
    assert "run `seatshift refresh`" in page.error[0].value
