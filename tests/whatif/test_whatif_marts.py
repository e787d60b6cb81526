"""Rows of a what-if's marts are those of its whole result; without a change the published ones."""

from typing import Any

import pytest

from orchestration.platform.warehouse import PUBLISHED
from orchestration.whatif.change import parse_changes
from orchestration.whatif.changed_book import read_book
from orchestration.whatif.currencies import followed
from orchestration.whatif.marts import COLUMNS, tried_marts
from orchestration.whatif.report import whole_result
from orchestration.whatif.session import opened_place
from tests.conftest import PublishedHome

BOUNDS = {
    "floor": ["plans.hybrid_usd.minimum_amount=500"],
    "cap and grandfathering": [
        "plans.hybrid_usd.maximum_amount=900",
        "scenarios.hybrid.max_increase_ratio=0.2",
        "scenarios.hybrid.max_increase_periods=3",
    ],
}


def _rows(table: Any) -> list[str]:
    return sorted(str(sorted(row.items())) for row in table.to_pylist())


@pytest.mark.parametrize("kind", BOUNDS)
def test_rows_are_those_of_the_whole_result(demo: PublishedHome, kind: str) -> None:
    outcome, marts = tried_marts(
        demo.settings, parse_changes(BOUNDS[kind]), "hybrid", currency_variants=True
    )
    with opened_place(demo.settings) as place:
        changes = followed(read_book(place.connection, PUBLISHED), parse_changes(BOUNDS[kind]))
    with whole_result(demo.settings, changes) as connection:
        whole = {
            mart: connection.sql(
                f"select {columns} from whatif.{mart} where scenario_id = 'hybrid'"
            ).to_arrow_table()
            for mart, columns in COLUMNS.items()
        }
    assert _rows(marts["fct_migration_shock"]) == _rows(whole["fct_migration_shock"])
    # of bills those of the months that a proposal is judged by
    reported = _rows(marts["fct_shadow_bills"])
    assert set(reported) <= set(_rows(whole["fct_shadow_bills"]))
    judged = [
        row
        for row in whole["fct_shadow_bills"].to_pylist()
        if not row["is_provisional"]
        and outcome.first_month is not None
        and row["period_end"] > outcome.first_month
    ]
    assert {str(sorted(row.items())) for row in judged} <= set(reported)
    [measured] = [
        row
        for row in outcome.measures
        if row["segment"] == "all" and row["window"] == "trailing_12"
    ]
    rated = [
        row for row in marts["fct_migration_shock"].to_pylist() if row["difference"] is not None
    ]
    assert measured["proposed_reporting"] == sum(row["proposed_reporting"] for row in rated)
    assert measured["winner_count"] == sum(row["difference"] < 0 for row in rated)


def test_what_the_book_already_says_changes_nothing(demo: PublishedHome) -> None:
    outcome, marts = tried_marts(
        demo.settings,
        parse_changes(["plans.outcome_usd.minimum_amount=99"]),
        "outcome",
        currency_variants=True,
    )
    assert outcome.changes == ()
    with opened_place(demo.settings) as place:
        for mart, columns in COLUMNS.items():
            published = place.connection.sql(
                f"select {columns} from {PUBLISHED}.marts.{mart} where scenario_id = 'outcome'"
            ).to_arrow_table()
            assert _rows(marts[mart]) == _rows(published), mart
