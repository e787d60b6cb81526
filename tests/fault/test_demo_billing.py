"""Every billing error that the demo company's manifest lists comes out under its own reason."""

import json
from pathlib import Path
from typing import Any

import duckdb

SEEDS = Path(__file__).parents[2] / "seeds"
PLANTS: list[dict[str, Any]] = [
    plant
    for plant in json.loads((SEEDS / "manifest.json").read_text("utf-8"))["faults"]
    if plant["export"] in ("invoice_lines", "seat_events")
]
# both copies of a conflicting line are held in quarantine, so billing lacks it
HELD = {"conflicting_duplicate": "missing_on_invoice"}
# what nobody knew in time is missing from its own period and from the next opening
TWICE = ("late_event", "correction")


def test_each_planted_error_has_its_own_reason_and_nothing_else_differs(
    demo_snapshot: Path,
) -> None:
    expected = {
        (plant["account_id"], reason): 2 if reason in TWICE else 1
        for plant in PLANTS
        if (reason := HELD.get(plant["kind"]) or plant["reason"])
        and (plant["fate"] != "quarantined" or plant["kind"] in HELD)
    }
    assert len(expected) == 10
    with duckdb.connect(str(demo_snapshot), read_only=True) as connection:
        found = connection.execute(
            "select account_id, reason, count(*) from marts.fct_invoice_reconciliation"
            " where reason is not null group by all"
        ).fetchall()
    assert {(account, reason): lines for account, reason, lines in found} == expected


def test_a_restated_seat_shows_what_its_invoice_could_know(demo_snapshot: Path) -> None:
    with duckdb.connect(str(demo_snapshot), read_only=True) as connection:
        found = connection.execute(
            "select known_quantity = invoiced_quantity, expected_quantity <> known_quantity"
            " from marts.fct_invoice_reconciliation"
            " where line_kind = 'seat' and reason in ('late_event', 'correction')"
        ).fetchall()
    assert found == [(True, True), (True, True)]
