"""A printed flip is where the verdict flips: decided again on either side of it."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.decision.company import Assumptions, decide
from tests.decision.conftest import Verdict, last_verdicts

# flips are printed to a tenth of a percent
STEP = Decimal("0.001")


@pytest.fixture(scope="module")
def before(decided: Path) -> dict[str, Verdict]:
    return last_verdicts(decided)


@pytest.fixture(scope="module")
def beyond(
    before: dict[str, Verdict], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Verdict]]:
    """One limit of two segments moved just beyond the printed flip, on a single thread."""
    north = before["north"].figure("if the shock limit is below") - STEP
    south = before["south"].figure("if the revenue limit is above") + STEP
    limits = {
        ("north", "limit_shock_share"): str(north),
        ("south", "limit_revenue_change"): str(south),
    }
    path = decide(tmp_path_factory.mktemp("beyond"), Assumptions(limits=limits), threads=1)
    return path, last_verdicts(path)


def test_the_story_ends_in_a_pilot_that_says_what_it_rests_on(
    before: dict[str, Verdict],
) -> None:
    assert {name: verdict.verdict for name, verdict in before.items()} == {
        "north": "pilot",
        "south": "pilot",
        "control": "pilot",
        "all": "pilot",
    }
    assert before["north"].sentence.startswith("PILOT Hybrid with north: revenue +")
    assert before["north"].sentence.endswith("evidence short: 25 of 30 accounts, 1 of 3 months.")


def test_a_limit_beyond_its_printed_flip_turns_the_verdict(
    beyond: tuple[Path, dict[str, Verdict]],
) -> None:
    after = beyond[1]
    assert after["north"].verdict == "not_yet"
    assert "Hybrid (shock: " in after["north"].sentence
    assert after["south"].verdict == "not_yet"
    assert "Hybrid (revenue: " in after["south"].sentence
    assert after["control"].verdict == "pilot"


def test_one_thread_gives_the_same_figures_as_two(
    decided: Path, beyond: tuple[Path, dict[str, Verdict]]
) -> None:
    figures = []
    for path in (decided, beyond[0]):
        with duckdb.connect(str(path), read_only=True) as connection:
            figures.append(
                connection.execute(
                    "select segment, month, metric, value, low, high"
                    " from marts.fct_segment_metrics order by segment, month, metric"
                ).fetchall()
            )
    assert len(figures[0]) > 1000
    assert figures[0] == figures[1]


@pytest.mark.parametrize(("step", "verdict"), [(STEP, "not_yet"), (-STEP, "pilot")])
def test_the_assumed_churn_turns_the_verdict_at_its_printed_flip(
    before: dict[str, Verdict], tmp_path: Path, step: Decimal, verdict: str
) -> None:
    assert "churn among accounts from +10 % to +25 % exceeds" in before["control"].flips
    churn = before["control"].figure("churn among accounts from +10 % to +25 % exceeds")
    assumed = {"0.10": str(churn + step), "0.25": "0.05", "0.50": "0.12"}
    after = last_verdicts(decide(tmp_path / "churn", Assumptions(churn=assumed)))
    assert after["control"].verdict == verdict
    assert ("Hybrid (churn: " in after["control"].sentence) == (verdict == "not_yet")
