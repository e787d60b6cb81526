"""A check says what a refresh would show, and how a sample of accounts reconciles."""

from pathlib import Path

import pytest
from rich.console import Console

from orchestration.cli.check_table import print_outlook
from orchestration.ingest.check import check_home
from orchestration.pipeline.trial import Outlook, look_ahead
from orchestration.platform.settings import Settings, load_settings
from tests.dbt_runs import recorded
from tests.platform.gap_home import make_gap_home
from tests.platform.small_home import make_small_home

pytestmark = pytest.mark.builds


def outlook_of(settings: Settings) -> Outlook:
    found: list[Outlook] = []
    report = check_home(settings, lambda trial: found.append(look_ahead(trial)))
    assert report.problems == []
    assert not settings.var.exists(), "a check writes nothing to the home"
    return found[0]


def missing(outlook: Outlook) -> dict[str, str]:
    return {one.what: one.sentence for one in outlook.prospects if not one.is_available}


def test_a_sample_agrees_as_a_refresh_would_find(tmp_path: Path) -> None:
    recorded()
    small = outlook_of(load_settings(make_small_home(tmp_path / "small")))
    assert (small.sample.accounts, small.sample.rated, small.sample.differences) == (2, 2, [])
    gaps = outlook_of(load_settings(make_gap_home(tmp_path / "gaps")))
    # acme and blue; the causes of the others are those of tests/platform/test_data_gaps.py
    assert (gaps.sample.accounts, gaps.sample.rated) == (9, 2)
    assert dict(gaps.sample.differences)["discount_unapproved"] == 7
    console = Console(record=True, width=200)
    print_outlook(console, gaps)
    text = console.export_text()
    assert "2 of 9 sampled accounts agree with their invoices when re-rated" in text
    assert "What you will get" in text


def test_what_is_missing_is_said_with_how_to_add_it(tmp_path: Path) -> None:
    gaps = missing(outlook_of(load_settings(make_gap_home(tmp_path / "gaps"))))
    assert gaps["Re-rated bills"].startswith(
        "The exports name plans that plans.csv lacks (mystery)"
    )
    assert gaps["Seat utilization"].startswith("1 of 9 invoiced accounts have no seats")
    assert "A verdict per segment" not in gaps
    assert gaps["Margins"] == "The exports do not say what work costs. Add the export cost_rates."


def test_an_empty_price_book_and_one_segment_are_no_secret(tmp_path: Path) -> None:
    home = make_small_home(tmp_path / "home")
    for path in (home / "reference").iterdir():
        header = path.read_text(encoding="utf-8").splitlines()[0]
        path.write_text(f"{header}\n", encoding="utf-8")
    lines = home / "exports" / "invoice_lines.csv"
    lines.write_text(lines.read_text(encoding="utf-8").replace(",seat,", ",flat,"), "utf-8")
    found = missing(outlook_of(load_settings(home)))
    assert found["Re-rated bills"].startswith("The price book is empty")
    assert found["Verdicts"].startswith("No proposal is in scenarios.csv")
    assert found["A verdict per segment"].startswith("All 2 accounts are in one segment (smb)")
    assert found["Seat utilization"].startswith("No charge bills seats")
    assert "Who does the work" not in found


def test_flat_lines_under_plans_with_seats_are_named(tmp_path: Path) -> None:
    home = make_small_home(tmp_path / "home")
    lines = home / "exports" / "invoice_lines.csv"
    lines.write_text(lines.read_text(encoding="utf-8").replace(",seat,", ",flat,"), "utf-8")
    found = missing(outlook_of(load_settings(home)))
    assert found["Lines that match"].startswith("Every invoice line is of type flat")
