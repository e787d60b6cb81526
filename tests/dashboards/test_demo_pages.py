"""Every page over the demo company as a refresh publishes it: the figures that its readers meet."""

from decimal import Decimal
from pathlib import Path

import pytest

from dashboards import formatting
from dashboards.data import lab
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from tests.dashboards.conftest import PAGES, OpenPage
from tests.dashboards.test_pages import metrics

ACCOUNT = {"account": {"account": "acc-0004"}}
TAKEAWAYS = {
    "memo": "Do not move smb_ai yet: Platform fee and tokens brings +85.9k USD a year (80 %: "
    "+71.3k to +104k) but breaks the limits of bill shock and extra churn; a cap at +20 % keeps "
    "them for 4.96k USD a month.",
    "decision": "NOT YET for smb_ai: no proposal keeps the limits: Platform fee and tokens (shock, "
    "churn: next 12 months), Seats and automated resolutions (shock, churn: next 12 months) and 2 "
    "more.",
    "triggers": "2 of 8 signals are on for All segments; the migration trigger does not hold; "
    "nearest to firing: Automation share, 6-month rise, +1.3 pts against +5.0 pts.",
    "seat_utilization": "81.2 % of the seats paid for were used in Oct 2026; idle seats cost "
    "21.4k USD that month, most of it in smb_ai (10.5k).",
    "cohorts": "Over twelve months NRR is 107.7 % and GRR 93.3 %; MRR closed Oct 2026 at "
    "112k USD (+1.43k in the month).",
    "bill_shock": "Shock rate 11.0 % → 0.0 % with a 20 % monthly cap, costing 1.75k USD a month; "
    "0 of 173 accounts remain. Real bills: 0.0 % shocked in Sep 2026 (Oct 2026 is "
    "still open).",
    "shadow_billing": "Over twelve months Platform fee and tokens would bill −383k USD (−31.2 %; "
    "80 % range −34.7 … −27.2 %): 118 of 173 accounts pay less, 55 more.",
    "account": "Ember Pine Rentals would pay 726.49 instead of 546.00 USD (+180.49): −546.00 "
    "seats, +295.04 usage, and smaller ones.",
    "timing": "Wave 1 moves 125 accounts in Jan 2027 (69.1k USD MRR); 173 move in 10 waves by "
    "Dec 2027; 7 left out.",
    "scenario_lab": "Platform fee and tokens breaks bill shock, revenue and margin, whatever "
    "churn is assumed for any one band: revenue −28.9 % (80 %: −33.3 … −23.7 %), 11.0 % shocked.",
    "economics": "Heavy users (top 5 %, 9 accounts) have 98.7 % margin today, 95.3 % under "
    "Platform fee and tokens; gross margin of Oct 2026: 98.4 %.",
    "data_health": "9 of 10 exports are present; 19 of 485,705 rows are quarantined; re-rated "
    "bills agree with 99.95 % of the amounts.",
    "definitions": "Segment metrics v2 since 25 Nov 2026: the share of bill-shock tickets is "
    "provisional until 30 days after the month's last invoice; 42 metrics.",
}
FIGURES = {
    "memo": ["−56.4k USD", "+85.9k USD", "45 of 47"],
    "decision": ["−56.4k USD", "+85.9k USD", "45 of 47", "+41.1 %", "76.6 %", "MEDIUM"],
    "seat_utilization": ["81.2 %", "3,011", "108", "21.4k USD"],
    "cohorts": ["107.7 %", "93.3 %", "97.4 %", "112k USD", "653 USD"],
    "shadow_billing": ["1.23M USD", "846k USD", "−31.2 %", "118 / 55"],
    "account": ["546.00 USD", "726.49 USD", "+180.49 USD", "546.00 USD"],
    "scenario_lab": ["−28.9 %", "11.0 %", "1.4 %", "−0.6 pts"],
    "economics": ["98.4 %", "1.79k USD", "0.0 %", "1.8 %", "1.7", "0.00929 USD"],
    "data_health": ["9 of 10", "486k", "19", "99.95 %", "100.0 %", "125 of 125"],
}


@pytest.fixture(autouse=True)
def demo_company(homes: dict[str, Path], demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(homes, "demo", demo_home)


@pytest.mark.parametrize("name", PAGES)
def test_page_says_its_figures_of_the_demo(name: str, open_page: OpenPage) -> None:
    page = open_page(name, "demo", **ACCOUNT.get(name, {}))
    assert not page.exception
    assert page.subheader[0].value == formatting.plain(TAKEAWAYS[name])
    assert list(metrics(page).values()) == FIGURES.get(name, [])


def test_totals_on_screen_are_sums_of_the_snapshot(open_page: OpenPage) -> None:
    """To the last digit that is shown, by SQL of its own on the published tables."""
    shown = {
        name: list(metrics(open_page(name, "demo", **ACCOUNT.get(name, {}))).values())
        for name in ("decision", "shadow_billing", "account")
    }
    [still] = sums(
        """
        with past as (
            select bills.account_id, sum(current_amount_reporting) * 12 / count(*) as amount
            from marts.fct_shadow_bills as bills
            inner join marts.dim_accounts as accounts
                on bills.account_id = accounts.account_id and accounts.segment = 'smb_ai'
                and accounts.is_active
            where
                bills.scenario_id = 'current' and not bills.is_provisional
                and bills.period_end > '2025-11-01' and bills.period_end <= '2026-11-01'
            group by bills.account_id
        )
        select projected.revenue_to_date - (select sum(amount) from past)
        from marts.fct_projections as projected
        where
            segment = 'smb_ai' and scenario_id = 'current' and assumption_case = 'middle'
            and month_ahead = 12
        """
    )
    assert shown["decision"][0] == formatting.headline(still, "USD", sign=True)
    bills = sums(
        """
        select sum(current_reporting), sum(proposed_reporting)
        from marts.fct_migration_shock where scenario_id = 'platform_tokens'
        """
    )
    assert shown["shadow_billing"][:2] == [formatting.headline(bill, "USD") for bill in bills]
    lines = sums(
        """
        select
            sum(amount) filter (where scenario_id = 'current'),
            sum(amount) filter (where scenario_id = 'platform_tokens')
        from marts.fct_shadow_bill_lines
        where account_id = 'acc-0004' and strftime(month, '%Y-%m') = '2026-09'
        """
    )
    assert shown["account"][:2] == [formatting.money(total, "USD") for total in lines]


def test_the_lab_offers_the_credits_of_a_plan_and_tries_them(
    open_page: OpenPage, demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand credits more a period: 6,000 in every currency, and bills that rise by less."""
    monkeypatch.setenv("SEATSHIFT_HOME", str(demo_home))
    offered = {cell.target: cell.value for cell in lab.cells(current(), "credits_usd")}
    grant = "credit_grants.credits_usd.1.false.period"
    assert offered.items() >= {
        (f"{grant}.credits", "5000"),
        (f"{grant}.rollover_ratio", "0.5"),
        (f"{grant}.overage_unit_amount", "0.09"),
    }
    assert not [target for target in offered if "topup" in target]
    page = open_page("scenario_lab", "demo", scenario="credits", **{"try": f"{grant}.credits=6000"})
    assert not page.exception
    assert page.subheader[0].value == formatting.plain(
        "With 1 change, Credits that roll over bills +15.1 %, shocks 33.0 %: 27 pay less, 76 more; "
        "churn limit breaks beyond 5.0 % (assumed 12.0 %) for rises above +50 %."
    )
    changed = next(one.value for one in page.dataframe if "cell" in one.value.columns)
    assert {(row["before"], row["after"]) for _, row in changed.iterrows()} == {("5000", "6000")}
    assert len(changed) == 3
    before = metrics(open_page("scenario_lab", "demo", scenario="credits"))
    assert before["Revenue against today"] == "+23.6 %"
    assert metrics(page)["Revenue against today"] == "+15.1 %"


def sums(sql: str) -> list[Decimal]:
    [row] = rows(current().answer(sql))
    return list(row.values())
