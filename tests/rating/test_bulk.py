"""A home whose accounts each carry one tiny case, through the real loading path."""

import csv
import resource
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from orchestration.platform.published import read_pointer
from orchestration.platform.settings import load_settings
from tests.cli_runs import Done, run, spawn
from tests.rating.batches import draw_batch
from tests.rating.book import Case, Charge, ContractPrice, Discount, Setting
from tests.rating.home import write_home
from tests.rating.strategies import named
from tests.rating.warehouse import report

# `--as-of` is the end of that day
AS_OF, SETTING = "2026-03-31", Setting("UTC", datetime.fromisoformat("2026-04-01"))
LAST_DAY = date.fromisoformat(AS_OF)
GIGABYTE = 1024 * 1024
Row = TypeVar("Row", Charge, ContractPrice, Discount)


def accounts(drawn: int, times: int) -> list[Case]:
    """Each drawn case under several accounts, with plans and a scenario row of their own.

    All are of one segment, as a refresh also decides by segment; no discount is the segment's. A
    refresh as of a day does not know what begins or ends later.
    """
    return [
        named(_known(_of_one_segment(case)), f"{case.account_id}x{copy}", case.account_id)
        for case in draw_batch(SETTING, drawn, 7)
        for copy in range(times)
    ]


def _of_one_segment(case: Case) -> Case:
    discounts = tuple(d for d in case.discounts if d.scope != "segment")
    return replace(case, segment="cases", discounts=discounts)


def _known(case: Case) -> Case:
    return replace(
        case,
        charges=tuple(map(_unended, filter(_begun, case.charges))),
        prices=tuple(map(_unended, filter(_begun, case.prices))),
        discounts=tuple(map(_unended, filter(_begun, case.discounts))),
    )


def _begun(row: Charge | ContractPrice | Discount) -> bool:
    return row.valid_from is None or row.valid_from <= LAST_DAY


def _unended(row: Row) -> Row:
    is_over = row.valid_to is not None and row.valid_to <= LAST_DAY
    return row if is_over else replace(row, valid_to=None)


def refresh(cases: Sequence[Case], home: Path, command: Callable[..., Done]) -> Path:
    """Write the home, refresh it with the command, give the published file."""
    write_home(cases, SETTING, home)
    # invoices are a required export; a void line compares with nothing
    _write(
        home / "exports" / "invoice_lines.csv",
        "invoice_id,line_id,account_id,issued_at,period_start,period_end,amount,currency,status",
        f"i,1,{cases[0].account_id},2026-03-01,2026-03-01,2026-04-01,0,USD,void",
    )
    _write(
        home / "reference" / "thresholds.csv",
        "name,segment,valid_from,fires_at,clears_at,direction,unit",
        "accuracy_floor,,2020-01-01,0,,below,ratio",
    )
    done = command("refresh", "--home", home, "--as-of", AS_OF)
    assert done.returncode == 0, done.stdout + done.stderr
    settings = load_settings(home)
    pointer = read_pointer(settings)
    assert pointer is not None
    return pointer.path(settings)


def _write(path: Path, *rows: str) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(row.split(",") for row in rows)


@pytest.mark.soak  # a refresh; random books are rated in every run
def test_accounts_with_a_plan_each_are_rated_as_they_should_be(tmp_path: Path) -> None:
    cases = accounts(75, 2)
    assert report(cases, SETTING, refresh(cases, tmp_path / "home", run)) == ""


@pytest.mark.soak
def test_two_thousand_accounts_with_two_thousand_plans(tmp_path: Path) -> None:
    cases = accounts(500, 4)
    assert len({case.plans[0].plan_id for case in cases}) == 2000
    assert report(cases, SETTING, refresh(cases, tmp_path / "home", spawn)) == ""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak < 4 * GIGABYTE, f"{peak / GIGABYTE:.1f} GB"
