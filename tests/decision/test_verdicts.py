"""Each of the five verdicts and each limit, in one company; flips decided again where they say."""

from decimal import Decimal

import pytest

from tests.builds import builds
from tests.decision.company import Assumptions, decide
from tests.decision.conftest import Verdict, last_verdicts

STEP = Decimal("0.001")

# two accounts of `control` pay unapproved prices in the last month but one, six in the last
DOUBLED = {
    "marts.fct_discount_leakage": """
        select *, cast(
                case
                    when segment <> 'control' then 0
                    when month_index = 18 and i < 6 then 5
                    when month_index = 19 and i < 18 then 5
                    else 0
                end as decimal(18, 4)) as unapproved_amount,
            cast(100 as decimal(18, 4)) as list_amount_reporting,
            cast(97 as decimal(18, 4)) as realized_amount_reporting
        from main.facts
    """
}
EVIDENT = {
    ("north", "evidence_accounts"): "25",
    ("north", "evidence_months"): "1",
    ("north", "grade_width_high"): "0.06",
    # bills never change, so that all intervals of their projections contain them
    ("north", "grade_forecast_coverage_high"): "1",
}


@pytest.fixture(scope="module")
@builds
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    """Evidence enough in the north, a hard shock limit in the south, exceptions in `control`."""
    limits = {
        **EVIDENT,
        ("south", "limit_shock_share"): "0.02",
        ("all", "coverage_floor"): "1.01",
    }
    folder = tmp_path_factory.mktemp("reported")
    return last_verdicts(decide(folder, Assumptions(limits=limits, tables=DOUBLED)))


@pytest.fixture(scope="module")
def flipped(
    reported: dict[str, Verdict], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Verdict]:
    """The limits at the values at which the verdicts said that they flip."""
    limits = {
        **EVIDENT,
        ("north", "limit_margin_change"): "0.90",
        ("south", "limit_shock_share"): str(
            reported["south"].figure("if the shock limit is at least") + STEP
        ),
        ("all", "coverage_floor"): "1",
    }
    folder = tmp_path_factory.mktemp("flipped")
    return last_verdicts(decide(folder, Assumptions(limits=limits, tables=DOUBLED)))


def test_each_segment_gets_its_own_verdict(reported: dict[str, Verdict]) -> None:
    assert {name: verdict.verdict for name, verdict in reported.items()} == {
        "north": "migrate",
        "south": "not_yet",
        "control": "review",
        "all": "hold_data",
    }
    assert reported["north"].sentence.startswith("MIGRATE north to Hybrid: revenue +")
    assert reported["north"].sentence.endswith(
        "25 accounts, 1 closed month since proposed, confidence high."
    )
    assert reported["south"].sentence == (
        "NOT YET for south: no proposal keeps the limits: Hybrid (shock: first bill)."
    )
    assert reported["control"].sentence == (
        "REVIEW control: accounts with unapproved discounts rose from 2 to 6 in a month."
    )
    assert reported["all"].sentence == (
        "HOLD – DATA for all segments: seats, usage and invoices are complete for 100.0 % of MRR"
        " (floor 101.0 %)."
    )


def test_a_verdict_flips_to_what_it_says_where_it_says(
    reported: dict[str, Verdict], flipped: dict[str, Verdict]
) -> None:
    assert "flips to PILOT if the shock limit is at least" in reported["south"].flips
    assert flipped["south"].verdict == "pilot"
    assert "flips to REVIEW if coverage reaches 101.0 % (now 100.0 %)" in reported["all"].flips
    assert flipped["all"].verdict == "review"


def test_a_margin_below_its_limit_is_named(flipped: dict[str, Verdict]) -> None:
    assert flipped["north"].sentence.endswith(
        "no proposal keeps the limits: Hybrid (margin: first bill)."
    )
    assert "flips to MIGRATE if the margin limit is at most" in flipped["north"].flips
