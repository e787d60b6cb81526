"""Many accounts, each with a plan and a tiny case of its own, rated in one build of the models."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingest.reference import read_reference
from orchestration.platform.settings import load_settings
from tests.dbt_runs import build_models
from tests.golden.runner import load_warehouse
from tests.rating.bills import rate
from tests.rating.book import Case, Setting
from tests.rating.home import write_home

MODELS = ("+fct_shadow_bills", "+fct_shadow_bill_causes")
# an exact amount is kept to twelve places, as is what is multiplied and divided on the way to it
EXACT = Fraction(1, 10**11)
NONE, ZERO = Decimal(0), Fraction(0)
BILLED = """
select
    account_id, scenario_id, month, line_kind, coalesce(charge_id, ''), coalesce(event_id, ''),
    service_start, coalesce(quantity, 0), coalesce(included, 0), coalesce(billable, 0), amount,
    exact_amount
from marts.fct_shadow_bill_lines
union all
select account_id, scenario_id, month, 'bill', '', '', month, 0, 0, 0, amount, 0
from marts.fct_shadow_bills where is_available
"""


@dataclass(frozen=True, order=True)
class Billed:
    """What is compared of a line; of a bill, under the kind `bill`, its month and its amount."""

    scenario_id: str
    month: date
    kind: str
    charge_id: str
    event_id: str
    service_start: date
    quantity: Decimal
    included: Decimal
    billable: Decimal
    amount: Decimal


Lines = dict[Billed, list[Fraction]]
"""The exact amounts of the lines that look alike."""


def build(cases: Sequence[Case], setting: Setting, folder: Path) -> Path:
    """The warehouse file with the cases' bills."""
    files = write_home(cases, setting, folder / "home")
    _, problems = read_reference(load_settings(folder / "home"))
    assert [problem.sentence for problem in problems] == [], "a random book must be a valid one"
    path = folder / "cases.duckdb"
    load_warehouse(path, files, time_zone=setting.time_zone, as_of=str(setting.as_of))
    build_models(path, *MODELS)
    return path


def expected(case: Case, setting: Setting) -> Lines:
    """The case's lines as the rater bills them."""
    lines: Lines = defaultdict(list)
    for (scenario_id, month), bill in rate(case, setting).items():
        total = sum((line.amount for line in bill), NONE)
        lines[Billed(scenario_id, month, "bill", "", "", month, NONE, NONE, NONE, total)] = [ZERO]
        for line in bill:
            lines[
                Billed(
                    scenario_id,
                    month,
                    line.kind,
                    line.charge_id or "",
                    line.event_id or "",
                    line.service.start,
                    line.quantity or NONE,
                    line.included or NONE,
                    line.billable or NONE,
                    line.amount,
                )
            ].append(line.exact)
    return lines


def billed(warehouse: Path) -> dict[str, Lines]:
    """Every account's lines as the models bill them."""
    accounts: dict[str, Lines] = defaultdict(lambda: defaultdict(list))
    for account_id, *values, exact in query(warehouse, BILLED):
        accounts[account_id][Billed(*values)].append(Fraction(exact))
    return accounts


def query(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    # views name the catalog that they were made in
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        connection.execute("use warehouse")
        return connection.execute(sql).fetchall()


def differences(wanted: Lines, found: Lines) -> list[str]:
    """Lines that only one side has, and lines whose exact amounts differ."""
    said = []
    for line in sorted({*wanted, *found}):
        ours, theirs = sorted(wanted.get(line, [])), sorted(found.get(line, []))
        if len(ours) > len(theirs):
            said.append(f"due, not billed: {line}")
        elif len(ours) < len(theirs):
            said.append(f"billed, not due: {line}")
        elif any(abs(a - b) > EXACT for a, b in zip(ours, theirs, strict=True)):
            said.append(f"exactly {[*map(float, ours)]}, not {[*map(float, theirs)]}: {line}")
    return said


def report(cases: Sequence[Case], setting: Setting, warehouse: Path) -> str:
    """Empty where every account is billed as due; else the smallest case that is not."""
    accounts, wrong = billed(warehouse), []
    for case in cases:
        said = differences(expected(case, setting), accounts.get(case.account_id, {}))
        if said:
            wrong.append((case, said))
    if not wrong:
        return ""
    case, said = min(wrong, key=lambda pair: len(repr(pair[0])))
    names = ", ".join(c.account_id for c, _ in wrong[:20])
    return "\n".join(
        [f"{len(wrong)} of {len(cases)} accounts ({names}); the smallest:", *_shown(case), *said]
    )


def _shown(case: Case) -> list[str]:
    rows = [*case.plans, *case.charges, *case.prices, *case.discounts, case.proposal]
    return [str(row) for row in (*rows, *case.subscriptions, *case.seats, *case.usage) if row]
