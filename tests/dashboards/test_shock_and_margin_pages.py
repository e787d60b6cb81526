"""Bill shock and economics: caps with their cost, thresholds that a reader sets, cost per unit."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import takeaways
from dashboards.charts.shock import relief_effects
from dashboards.charts.theme import LIGHT
from dashboards.data import shock
from dashboards.data.tables import drawn, rows
from dashboards.data.warehouse import current
from dashboards.formatting import unit_price
from tests.dashboards.conftest import OpenPage
from tests.dashboards.offered import view_of
from tests.dashboards.test_pages import metrics, said
from tests.dashboards.test_rollout_and_trust_pages import charts, table


def answer(page: AppTest) -> str:
    """The page's sentence without the marks that keep markdown from reading it."""
    return str(page.subheader[0].value).replace("\\", "")


def test_a_cap_is_shown_before_and_after_with_its_cost(open_page: OpenPage) -> None:
    page = open_page("bill_shock")
    capped = table(page, "cap_ratio")
    assert capped["cap_ratio"] == pytest.approx([0.1, 0.2, 0.3, 0.5])
    assert (capped["shocked_before"], capped["shocked_after"]) == ([1] * 4, [0, 0, 1, 1])
    assert answer(page).startswith(
        "Shock rate 8.3 % → 0.0 % with a 20 % monthly cap, costing 80 USD a month; "
        "0 of 12 accounts remain. Real bills:"
    )
    page = open_page("bill_shock", cap="0.3")
    assert "costing 40 USD a month; 1 of 12 accounts remains." in answer(page)


def test_each_kind_of_relief_has_its_levels_and_its_link(open_page: OpenPage) -> None:
    page = open_page("bill_shock", relief="soft_cap")
    assert table(page, "monthly_cost")["monthly_cost"] == pytest.approx([60, 40])
    assert "with a soft cap at +20 %, costing 40 USD" in answer(page)
    assert "Of the amount beyond the cap, 50 % is billed" in said(page)
    page = open_page("bill_shock", relief="credit")
    assert table(page, "credit_months")["credit_months"] == [3, 6]
    assert "with a credit of 3 months' rise, costing 25 USD" in answer(page)
    page.selectbox(key="credit_pick").set_value("6").run()
    assert not page.exception
    assert page.query_params["credit"] in ("6", ["6"])
    assert "costing 50 USD" in answer(page)
    page.selectbox(key="relief_pick").set_value("hard_cap").run()
    assert not page.exception
    assert "with a 20 % monthly cap" in answer(page)


def test_the_list_follows_the_rise_and_the_money_that_a_reader_sets(open_page: OpenPage) -> None:
    page = open_page("bill_shock")
    assert table(page, "renewal_date")["account_id"] == ["a01"]
    # every account rises by 4.2 % and 16.38 a month
    for rise, amount, accounts in ((4, 16, 12), (5, 16, 0), (4, 17, 0)):
        page = open_page("bill_shock", rise=str(rise), amount=str(amount))
        assert f"{rise} % and {amount} a month or more" in said(page)
        shown = [one for one in page.dataframe if "renewal_date" in one.value.columns]
        assert sum(len(one.value) for one in shown) == accounts


@pytest.mark.parametrize(
    ("asked", "levels", "accounts", "overage"),
    [
        # accounts have used 65 to 120 % of their credits, five points apart
        ({}, [1.0, 0.9, 0.7, None], [5, 2, 4, 1], [50, 0, 0, 0]),
        (
            {"alert_low": "50", "alert_full": "110"},
            [1.1, 0.9, 0.5],
            [3, 4, 5],
            [45, 5, 0],
        ),
    ],
)
def test_alerts_are_counted_at_the_levels_that_a_reader_sets(
    open_page: OpenPage,
    asked: dict[str, str],
    levels: list[float | None],
    accounts: list[int],
    overage: list[int],
) -> None:
    page = open_page("bill_shock", model="hybrid", **asked)
    assert not page.exception and not page.toast
    shown = table(page, "alert_level")
    reached = [
        None if level != level else round(float(str(level)), 6) for level in shown["alert_level"]
    ]
    assert reached == levels
    assert (shown["accounts"], shown["overage"]) == (accounts, overage)
    assert ("next_alert_on" in shown) and (
        "only for the levels in thresholds.csv" in said(page)
    ) == bool(asked)
    assert not [one for one in open_page("bill_shock").number_input if "alert" in str(one.key)]


def test_the_model_stands_in_the_link_by_its_id(open_page: OpenPage) -> None:
    page = open_page("bill_shock")
    page.selectbox(key="model_pick").set_value("current").run()
    assert not page.exception
    assert page.query_params["model"] in ("current", ["current"])
    again = open_page("bill_shock", model="current")
    assert again.selectbox(key="model_pick").value == "current"
    assert not again.toast


def test_without_bills_no_relief_can_be_tried(open_page: OpenPage) -> None:
    page = open_page("bill_shock", "nothing_available")
    assert not page.exception
    assert any("No relief can be tried" in one.value for one in page.info)


def test_a_relief_is_drawn_against_the_bills_without_it(open_page: OpenPage) -> None:
    open_page("bill_shock")
    effects = shock.reliefs(current(), "hybrid", "all", "hard_cap")
    frame = drawn(effects).assign(level=["+10 %", "+20 %", "+30 %", "+50 %"])
    drawing = relief_effects(frame, LIGHT, "message", "measure", 0.05).to_dict()
    fields = [layer["encoding"]["x"]["field"] for layer in drawing["layer"]]
    assert fields == ["shock_share_before", "shock_share_after", "shock_share_before", "at"]
    assert takeaways.relief(rows(effects)[0], "USD").endswith("for 120 USD a month")


def test_economics_show_the_cost_to_serve_a_unit(open_page: OpenPage) -> None:
    page = open_page("economics")
    assert metrics(page)["Cost per resolution"] == "0.890 USD"
    assert "A resolution went from 0.780 in Nov 2025 to 0.890 USD in Oct 2026" in said(page)
    units = table(page, "unit_cost")
    assert units["segment"][:3] == ["enterprise"] * 3
    assert units["meter"][:3] == ["all, a resolution", "Resolutions", "Tokens"]
    assert units["unit_cost"][-3:] == pytest.approx([0.89, 0.71, 0.29])
    assert charts(page) == 6


def test_heavy_users_are_shown_today_and_under_the_chosen_proposal(open_page: OpenPage) -> None:
    page = open_page("economics", scenario="outcome")
    assert "Heavy users: 11.0 % margin today, 16.7 % under Pure outcome" in said(page)
    heavy = table(page, "account_group")
    assert heavy["account_group"] == ["Heavy users", "All others"]
    assert heavy["accounts"] == [6, 6]
    assert heavy["margin_change"] == ["+5.7 pts", "+1.3 pts"]
    assert not page.toast


def test_a_handful_of_heavy_users_is_shown_but_not_in_the_answer(open_page: OpenPage) -> None:
    page = open_page("economics", segment="smb")
    assert page.subheader[0].value.replace("\\", "").startswith("Gross margin was 73.1 %")
    assert table(page, "account_group")["is_small"] == [True, True]
    page = open_page("economics", segment="enterprise")
    assert table(page, "account_group")["reason"][1] == "no other account"


def test_without_costs_heavy_users_have_no_margin(open_page: OpenPage) -> None:
    page = open_page("economics", "nothing_available")
    assert "The margin of heavy users is not available: no cost_rates export." in said(page)
    assert table(page, "account_group")["accounts_left_out"] == [6, 6]
    page = open_page("economics", "empty")
    assert not page.exception


def test_margins_follow_the_version_of_the_cost_table(open_page: OpenPage) -> None:
    page = open_page("economics", costs="2026-03-01")
    assert not page.exception and not page.toast
    assert page.subheader[0].value.replace("\\", "") == (
        "At the cost rates from 1 Mar 2026 gross margin in Oct 2026 would have been 73.1 %, "
        "not 73.1 %, at 1.26k USD cost to serve."
    )
    page.selectbox(key="costs_pick").set_value("2025-01-01").run()
    assert page.query_params["costs"] in ("2025-01-01", ["2025-01-01"])
    assert (metrics(page)["Gross margin"], metrics(page)["Cost to serve"]) == (
        "50.0 %",
        "2.34k USD",
    )
    assert metrics(page)["Unprofitable customers"] == "8.3 %"
    assert "all other figures use the actual costs" in said(page)
    assert "gross margin is 50.0 % in Oct 2026; it was 73.1 %" in said(page)
    offered = view_of(page).exports
    at_rates = next(one.table for one in offered if one.name == "gross-margin-at-rates")
    assert at_rates.num_rows == 12
    assert set(rows(at_rates)[0]) >= {"cost", "cost_as_it_was", "value", "as_it_was"}


def test_a_missing_version_is_reported(open_page: OpenPage) -> None:
    page = open_page("economics", costs="2020-01-01")
    assert not page.exception
    assert "value for costs is not available here" in page.toast[0].value
    assert metrics(page)["Gross margin"] == "73.1 %"


def test_a_unit_without_a_cost_says_why(open_page: OpenPage) -> None:
    page = open_page("economics", "nothing_available")
    assert not page.exception
    assert metrics(page)["Cost per resolution"] == "n/a"
    assert any(
        "Cost per resolution is not available: no cost\\_rates export" in one.value
        for one in page.info
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("0.000001402", "0.00000140 USD"),
        ("0.0093", "0.00930 USD"),
        ("1.92", "1.92 USD"),
        ("123.456", "123.46 USD"),
        ("0", "0.00 USD"),
    ],
)
def test_a_unit_price_keeps_three_digits_however_small(value: str, said: str) -> None:
    assert unit_price(Decimal(value), "USD") == said
    assert unit_price(None, "USD") == "–"


def drawn_months(page: AppTest) -> dict[str, int]:
    """How many months the sparkline of each card has; cards without one are not there."""
    return {card.label: len(card.proto.chart_data) for card in page.metric if card.proto.chart_data}


def test_cards_show_the_months_before(open_page: OpenPage) -> None:
    page = open_page("economics")
    assert drawn_months(page) == dict.fromkeys(metrics(page), 12)
    last = next(card for card in page.metric if card.label == "Gross margin")
    assert list(last.proto.chart_data)[-1] == pytest.approx(0.731, abs=0.0005)
    assert metrics(page)["Gross margin"] == "73.1 %"
    assert len(drawn_months(open_page("cohorts"))) == 5


def test_a_card_without_a_figure_shows_no_months(open_page: OpenPage) -> None:
    page = open_page("economics", "nothing_available")
    assert "Gross margin" in metrics(page)
    assert "Gross margin" not in drawn_months(page)
