"""Unusable inputs: one sentence each, exit code 4, and nothing half done."""

from pathlib import Path

import pytest

from orchestration.ingest.land import land_export
from orchestration.ingest.ledger import read_records
from orchestration.ingest.reference import load_reference
from orchestration.platform.errors import EXIT_INPUT, InputError
from orchestration.platform.settings import load_settings
from tests.ingest.homes import VALID, load, make_home, write

USAGE = VALID["exports/usage_events.csv"]


def sentence(caught: pytest.ExceptionInfo[InputError]) -> str:
    assert caught.value.exit_code == EXIT_INPUT
    text = str(caught.value)
    assert "\n" not in text
    assert "Traceback" not in text
    return text


def test_a_home_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_settings(tmp_path / "nowhere")
    assert "is not a folder" in sentence(caught)
    settings = make_home(tmp_path / "home")
    for path in settings.exports.iterdir():
        path.unlink()
    settings.exports.rmdir()
    write(settings.exports, "not a folder")
    with pytest.raises(InputError) as caught:
        land_export(settings, "usage_events")
    assert "is not a folder; put the exports there" in sentence(caught)


@pytest.mark.parametrize("export", ["seat_events", "usage_events", "invoice_lines"])
def test_a_missing_required_export_is_named(tmp_path: Path, export: str) -> None:
    settings = make_home(tmp_path)
    load(settings)
    (settings.exports / f"{export}.csv").unlink()
    with pytest.raises(InputError) as caught:
        load(settings)
    text = sentence(caught)
    assert f"The {export}" in text and "export is missing" in text
    assert "add it, because a refresh needs it" in text


def test_a_missing_required_column_is_named_with_the_nearest_there_is(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events_csv=USAGE.replace("quantity", "quantities")
    )
    with pytest.raises(InputError) as caught:
        load(settings)
    assert sentence(caught) == (
        "The usage_events export is rejected: usage_events.csv lacks the column `quantity` that "
        "usage_events needs; the closest column is `quantities`. Rename it, or map it."
    )


def test_an_export_whose_rows_are_all_held_stops_with_the_first_reason(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events_csv=USAGE.replace(",5\n", ",-5\n").replace("2.5", "two")
    )
    with pytest.raises(InputError) as caught:
        load(settings)
    assert sentence(caught).startswith(
        "Every row of the usage_events export (2) is quarantined or skipped: row 1: quantity is -5"
    )


def test_an_export_whose_accounts_are_all_unknown_stops(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__accounts_csv="account_id\nzz\n")
    with pytest.raises(InputError) as caught:
        load(settings)
    assert "which is not in the accounts export" in sentence(caught)


def test_a_header_without_rows_stops(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=USAGE.partition("\n")[0] + "\n")
    with pytest.raises(InputError) as caught:
        load(settings)
    assert "contains no rows" in sentence(caught)


def test_a_price_book_that_names_an_unknown_plan_stops(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        reference__charges_csv=VALID["reference/charges.csv"].replace(",team,", ",teem,"),
    )
    with pytest.raises(InputError) as caught:
        load_reference(settings)
    assert sentence(caught) == (
        "reference/charges.csv, row 2, column plan_id: plan_id is 'teem', which is not in "
        "plans.csv; add the plan there or correct the id."
    )


def test_a_refused_file_that_is_corrected_is_forgotten(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    write(settings.exports / "support_tickets.csv", "")
    load(settings)
    write(
        settings.exports / "support_tickets.csv",
        "ticket_id,account_id,created_at\nt,a1,2025-01-01\n",
    )
    load(settings)
    assert [one.is_refused for one in read_records(settings, "support_tickets")] == [False]
