"""The calendar of renewals on the Decision page: who is free to move when, and the best months."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dashboards.charts.decision import renewal_calendar
from dashboards.charts.theme import LIGHT
from dashboards.data import decision, timing
from dashboards.data.tables import Row, drawn, rows
from dashboards.data.timing import Plan
from dashboards.data.warehouse import Snapshot, current
from tests.dashboards import sample

pytestmark = pytest.mark.slow

# by account: the month in which it moves or is free again, whether it is locked, and its MRR
MOVES = [
    ("a01", "2027-01-01", "in_wave", 100),
    ("a02", "2027-03-01", "in_wave", 250),
    ("a03", "2027-04-01", "in_wave", 30),
    ("a04", "2027-06-01", "in_wave", 260),
    ("a05", "2027-02-01", "locked", 900),
    ("a06", None, "left_out", 5000),
]


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """The sample company, whose segment of automated work moves as MOVES has it."""

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        sample.whole(connection)
        for account_id, month, status, mrr in MOVES:
            connection.execute(
                """
                update marts.fct_rollout_waves set
                    status = $status,
                    wave_month = if($status = 'in_wave', cast($month as date), null),
                    moves_on = if($status = 'in_wave', cast($month as date) + 14, null),
                    unlocks_on = if($status = 'locked', cast($month as date) + 14, null)
                where account_id = $account_id and approach = 'renewal'
                """,
                {"account_id": account_id, "month": month, "status": status},
            )
            connection.execute(
                "update marts.fct_mrr_movements set closing_reporting = ? where account_id = ?",
                [mrr, account_id],
            )

    sample.publish(tmp_path, fill)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    return current()


def test_moves_differ_from_what_a_contract_locks(snapshot: Snapshot) -> None:
    found = rows(decision.renewals(snapshot, "smb_ai", "hybrid"))
    assert [(row["month"], row["status"], row["accounts"], row["mrr"]) for row in found] == [
        ("2027-01", "free", 1, 100),
        ("2027-02", "locked", 1, 900),
        ("2027-03", "free", 1, 250),
        ("2027-04", "free", 1, 30),
        ("2027-06", "free", 1, 260),
    ]


def test_the_best_window_is_the_three_months_with_most_that_is_free(snapshot: Snapshot) -> None:
    """January to March 350, March to May 280, April to June 290; what is locked counts nowhere."""
    found = rows(decision.renewals(snapshot, "smb_ai", "hybrid"))
    assert best(found) == ["2027-01", "2027-02", "2027-03"]
    assert {row["window_mrr"] for row in found} == {Decimal(350)}
    # three months end on 10 February, before the fifteenth
    near = rows(decision.renewals(snapshot, "smb_ai", "hybrid", horizon=3))
    assert [row["month"] for row in near] == ["2027-01"]
    assert best(near) == ["2027-01"]


def test_without_a_proposal_contracts_renew_on_their_dates(snapshot: Snapshot) -> None:
    found = rows(decision.renewals(snapshot, "smb_ai"))
    assert {row["status"] for row in found} == {"free"}
    assert sum(row["accounts"] for row in found) == 6
    assert found[0]["month"] == "2026-11"


def test_the_calendar_has_the_months_of_the_timing_page(snapshot: Snapshot) -> None:
    plan = Plan(scenario_id="hybrid", approach="renewal", segment="smb_ai")
    there = {
        (row["month"], row["status"]): row["mrr"] for row in rows(timing.calendar(snapshot, plan))
    }
    names = {"free": "in_wave", "locked": "locked"}
    here = rows(decision.renewals(snapshot, "smb_ai", "hybrid", horizon=24))
    assert {(row["month"], names[row["status"]]): row["mrr"] for row in here} == there


def test_what_is_free_is_solid_and_the_best_months_are_shaded(snapshot: Snapshot) -> None:
    table = drawn(decision.renewals(snapshot, "smb_ai", "hybrid"))
    spec = renewal_calendar(table, LIGHT, "m", "what").to_dict()
    window, bars = spec["layer"]
    fill = bars["encoding"]["fill"]
    assert fill["condition"] == {"test": "datum.status === 'free'", "value": LIGHT.current}
    assert fill["value"] == LIGHT.ground
    assert bars["mark"]["stroke"] == LIGHT.current
    shaded = spec["datasets"][window["data"]["name"]]
    assert [row["month"] for row in shaded] == ["2027-01", "2027-02", "2027-03"]


def best(found: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["month"] for row in found if row["is_best"]))
