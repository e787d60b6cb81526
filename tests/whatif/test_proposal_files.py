"""The price book of one proposal: its rows, its plans and what belongs to them, nothing else."""

import pytest

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.reference_rows import Row
from orchestration.platform.errors import RequestError
from orchestration.whatif.draft_book import file_bytes, proposal_rows


def row(table: str, **values: str) -> Row:
    """A row of a reference table; what is not named is empty."""
    names = [column.name for column in REFERENCE[table].columns]
    return Row(f"{table}.csv", 2, dict.fromkeys(names) | values)


BOOK = {
    "scenarios": [
        row("scenarios", scenario_id="hybrid", scenario_name="Hybrid", plan_id="new"),
        row("scenarios", scenario_id="hybrid", scenario_name="Hybrid", segment="enterprise"),
        row("scenarios", scenario_id="other", scenario_name="Other", plan_id="team"),
    ],
    "plans": [row("plans", plan_id="new"), row("plans", plan_id="team")],
    "charges": [
        row("charges", charge_id="seat_new", plan_id="new", unit_amount="29"),
        row("charges", charge_id="seat_team", plan_id="team"),
    ],
    "tiers": [row("tiers", charge_id="seat_team", tier="1")],
    "contract_prices": [row("contract_prices", account_id="a", charge_id="seat_new")],
    "thresholds": [row("thresholds", name="utilization")],
}


def test_a_proposal_has_the_rows_that_make_it() -> None:
    found = proposal_rows(BOOK, "hybrid")
    assert {table: len(rows) for table, rows in found.items()} == {
        "scenarios": 2,
        "plans": 1,
        "charges": 1,
        "contract_prices": 1,
    }
    assert found["charges"][0].values["charge_id"] == "seat_new"


def test_its_files_are_those_of_a_reference_folder() -> None:
    lines = file_bytes("charges", proposal_rows(BOOK, "hybrid")["charges"]).decode().splitlines()
    assert lines[0] == ",".join(column.name for column in REFERENCE["charges"].columns)
    assert dict(zip(lines[0].split(","), lines[1].split(","), strict=True))["unit_amount"] == "29"


def test_an_unknown_proposal_is_refused() -> None:
    with pytest.raises(RequestError, match="no proposal 'none'"):
        proposal_rows(BOOK, "none")
