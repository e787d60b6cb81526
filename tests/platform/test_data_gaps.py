"""The work list is honest: with its rows in the home, the accounts that it names are re-rated."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from orchestration.platform.published import open_current, rows
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.refresh import refresh
from tests.builds import builds
from tests.cli_runs import run
from tests.dashboards.offered import view_of
from tests.platform.gap_home import PLANS, make_gap_home

APP = Path(__file__).parents[2] / "dashboards" / "streamlit_app.py"
TRIED = {
    "tenth": "price",
    "taken": "discount",
    "opened": "seat_basis",
    "daily": "proration",
    "typed": "line_type",
}
UNTRIED = {"nobody": "missing_plan", "seatless": "missing_seats"}


@pytest.fixture(scope="module")
@builds
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home with gaps, published."""
    settings = load_settings(make_gap_home(tmp_path_factory.mktemp("gaps") / "home"))
    refresh(settings)
    return settings


def read(settings: Settings, statement: str) -> list[dict[str, Any]]:
    with open_current(settings) as connection:
        return rows(connection, statement)


def test_every_cause_is_found_and_every_mend_that_can_be_is_tried(gaps: Settings) -> None:
    found = read(gaps, "from marts.fct_account_gaps order by account_id")
    assert {row["account_id"]: row["cause"] for row in found} == TRIED | UNTRIED
    assert {row["account_id"] for row in found if row["is_previewed"]} == set(TRIED)
    assert {row["account_id"]: row["accuracy_after"] for row in found if row["is_previewed"]} == {
        name: Decimal(1) for name in TRIED
    }
    sentences = {row["account_id"]: row["sentence"] for row in found}
    assert sentences["tenth"] == (
        "Its invoices bill seat_team 35.10 instead of 39.00 from 2026-01-01 (10.0 % below list)."
    )
    assert sentences["taken"] == (
        "Its invoices take off a discount that no file names: 10.0 % from 2026-01-01."
    )
    assert sentences["opened"] == "Its invoices bill the seats at the start of the period."
    assert sentences["nobody"] == "Plan mystery is not in the price book."


def test_the_list_is_ranked_by_mrr(gaps: Settings) -> None:
    found = read(gaps, "from marts.fct_data_gaps order by gap_rank")
    assert [row["gap_rank"] for row in found] == list(range(1, len(TRIED | UNTRIED) + 1))
    assert {row["segment"] for row in found} == {"mid"}
    unlocked = [row["mrr_unlocked"] for row in found]
    assert unlocked == sorted(unlocked, reverse=True)
    # 30 seats at 39.00 in June, after four times five more
    assert unlocked[0] == Decimal(1170)
    by_cause = {row["cause"]: row for row in found}
    assert by_cause["price"]["row_text"] == "tenth,seat_team,2026-01-01,,35.10,,"
    assert by_cause["seat_basis"]["row_text"] == (
        'opening,"Opening, by the seat",per_seat,USD,month,by_day,start,member,false,,,true'
    )


def test_the_terminal_shows_the_list_below_the_verdict_and_the_rows_of_a_file(
    gaps: Settings,
) -> None:
    status = run("status", "--home", gaps.home).stdout
    assert "HOLD – DATA" in status
    assert "What would turn the data into a verdict" in status
    assert f"The other 2 and all rows to write: seatshift gaps --home {gaps.home}" in status
    listed = run("gaps", "--home", gaps.home).stdout
    assert "Plan mystery is not in the price book." in listed
    written = run("gaps", "--rows", "reference/discounts.csv", "--home", gaps.home)
    assert written.stdout.splitlines() == [
        "discount_id,scope,scope_id,valid_from,valid_to,ratio,amount,approved_by",
        "taken-1,account,taken,2026-01-01,,0.1,,",
    ]
    other = run("gaps", "--rows", "reference/tiers.csv", "--home", gaps.home)
    assert other.returncode != 0
    assert "There are no rows for 'reference/tiers.csv'; files with rows: " in other.stderr


def test_explain_says_why_an_account_shows_its_invoices(gaps: Settings) -> None:
    text = run("explain", "tenth", "--home", gaps.home).stdout
    assert "Not re-rated, or incomplete: Its invoices bill seat_team 35.10 instead of 39.00" in text
    assert "tenth,seat_team,2026-01-01,,35.10,," in text
    assert "Not re-rated" not in run("explain", "acme", "--home", gaps.home).stdout


def test_the_decision_page_offers_the_rows(gaps: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(gaps.home))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.switch_page("app_pages/decision.py").run()
    assert not app.exception
    assert any("What would turn the data into a verdict" in one.value for one in app.markdown)
    labels = {document.label for document in view_of(app).documents}
    assert {
        "Rows for contract_prices.csv",
        "Rows for discounts.csv",
        "Rows for plans.csv",
    } <= labels


def test_accounts_are_re_rated_once_the_rows_are_in_the_home(
    gaps: Settings, tmp_path: Path
) -> None:
    home = make_gap_home(tmp_path / "home")
    for gap in read(gaps, "from marts.fct_data_gaps where row_text is not null"):
        write_rows(home / gap["file_name"], gap["header"], gap["row_text"])
    retype(home / "exports" / "invoice_lines.csv")
    settings = load_settings(home)
    refresh(settings)
    bases = read(settings, "select account_id, current_basis from marts.fct_account_accuracy")
    assert {row["account_id"] for row in bases if row["current_basis"] == "rated"} == {
        "acme",
        "blue",
        *TRIED,
    }
    left = read(settings, "from marts.fct_account_gaps")
    assert {row["account_id"]: row["cause"] for row in left} == UNTRIED
    # as previewed, each of them agrees completely
    accuracies = read(settings, "select account_id, accuracy from marts.fct_account_accuracy")
    assert {row["accuracy"] for row in accuracies if row["account_id"] in TRIED} == {Decimal(1)}
    assert set(PLANS) == set(TRIED | UNTRIED)


def write_rows(path: Path, header: str, text: str) -> None:
    """Add rows by column name; a row with the key of one that is there replaces it."""
    names = next(csv.reader([header]))
    new = list(csv.DictReader(io.StringIO(text), names))
    old: list[dict[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            old = list(csv.DictReader(file))
    is_plan = path.name == "plans.csv"
    replaced = {row["plan_id"] for row in new} if is_plan else set()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([row for row in old if row.get("plan_id") not in replaced] + new)


def retype(path: Path) -> None:
    """What the work list says about line types: lines that bill seats are of type seat."""
    text = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [
        line.replace(",flat,", ",seat,").replace("_flat", "_seat") if ",typed," in line else line
        for line in text
    ]
    path.write_text("".join(lines), encoding="utf-8")
