"""An account's bills under the current model and the proposals, side by side, line by line."""

from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.platform.errors import SeatshiftError
from orchestration.platform.gaps import account_gap
from orchestration.platform.published import open_current, rows
from orchestration.platform.settings import Settings

CURRENT = "current"

MONTHS = """
    select strftime(month, '%Y-%m') as month, bool_and(is_provisional) as is_provisional
    from marts.fct_shadow_bills
    where account_id = $account
    group by all
    order by all
"""

BILLS = """
    select
        bills.scenario_id,
        bills.period_start,
        bills.period_end,
        bills.plan_id,
        bills.currency,
        coalesce(currencies.minor_units, 2) as minor_units,
        bills.amount,
        bills.current_amount,
        bills.current_basis,
        bills.invoiced_amount,
        bills.difference,
        bills.is_available,
        bills.reason,
        -- a snapshot of an earlier version has none
        json_extract_string(to_json(bills), '$.sentence') as sentence,
        bills.is_provisional
    from marts.fct_shadow_bills as bills
    left join reference.currencies on bills.currency = currencies.currency
    where
        bills.account_id = $account
        and bills.month = cast($month as date)
        and ($scenario is null or bills.scenario_id in ('current', $scenario))
    order by bills.scenario_id != 'current', bills.scenario_id
"""

LINES = """
    select
        scenario_id, line_number, charge_name, line_kind, meter, service_start, service_end,
        quantity, included, billable, unit_price, amount, currency, cause, explanation,
        price_version, event_id
    from marts.fct_shadow_bill_lines
    where account_id = $account and month = cast($month as date)
    order by scenario_id, line_number
"""


def explain_bills(
    settings: Settings, *, account: str, period: str | None, scenario: str | None
) -> dict[str, Any]:
    """The bills of one account and month, each with its lines, `current` first, and its data gap.

    SeatshiftError, naming what there is, for an unknown account, month or scenario.
    """
    with open_current(settings) as connection:
        billed = rows(connection, MONTHS, {"account": account})
        months = [row["month"] for row in billed]
        if not months:
            raise SeatshiftError(
                f"Account {account!r} has no bill in the published snapshot; check the account_id."
            )
        closed = [row["month"] for row in billed if not row["is_provisional"]]
        month = period or (closed or months)[-1]
        if month not in months:
            raise SeatshiftError(
                f"Account {account} has no bill for {month}; "
                f"it has bills from {months[0]} to {months[-1]}."
            )
        where = {"account": account, "month": f"{month}-01"}
        bills = rows(connection, BILLS, {**where, "scenario": scenario})
        lines = rows(connection, LINES, where)
        gap = account_gap(connection, account)
    found = [bill["scenario_id"] for bill in bills]
    if scenario is not None and scenario not in found:
        raise SeatshiftError(
            f"Account {account} has no bill under {scenario!r} in {month}; "
            "run `seatshift explain` without --scenario to see its bills."
        )
    for bill in bills:
        bill["lines"] = [line for line in lines if line["scenario_id"] == bill["scenario_id"]]
    return {"account_id": account, "month": month, "bills": bills, "gap": gap}


def print_bills(console: Console, explained: dict[str, Any]) -> None:
    """One table per bill, its total and how it compares with the current one."""
    for bill in explained["bills"]:
        console.print(_heading(explained, bill))
        if not bill["is_available"]:
            console.print(Text(f"  not available: {bill['sentence'] or bill['reason']}"))
            continue
        console.print(_lines_table(bill))
    if explained["gap"] is not None:
        _print_gap(console, explained["gap"])


def _print_gap(console: Console, gap: dict[str, Any]) -> None:
    """Why the account's current bill is its invoice, and the rows that would change that."""
    agrees = (
        f" {gap['accuracy'] * 100:.1f} % of its invoiced and re-rated amounts agree."
        if gap["accuracy"] is not None
        else ""
    )
    console.print(Text(f"Not re-rated, or incomplete: {gap['sentence']}{agrees}"))
    if gap["row_text"]:
        after = f", after which {gap['accuracy_after'] * 100:.1f} % agree"
        console.print(Text(f"To fix it, write to {gap['file_name']}{after}:"))
        console.print(Text(f"{gap['header']}\n{gap['row_text']}"), soft_wrap=True)


def _heading(explained: dict[str, Any], bill: dict[str, Any]) -> Text:
    name = "Current model" if bill["scenario_id"] == CURRENT else bill["scenario_id"]
    period = f"{bill['period_start']} to {bill['period_end']}"
    parts = [f"{explained['account_id']} · {name} · {period}"]
    if bill["amount"] is not None:
        parts.append(f"{_money(bill['amount'], bill)} {bill['currency']}")
    if bill["scenario_id"] == CURRENT and bill["invoiced_amount"] is not None:
        parts.append(f"invoiced {_money(bill['invoiced_amount'], bill)}")
    elif bill["difference"] is not None and bill["scenario_id"] != CURRENT:
        parts.append(f"{_money(bill['difference'], bill, sign='+')} against today")
    return Text(" · ".join(parts), style="bold")


def _lines_table(bill: dict[str, Any]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Line")
    table.add_column(f"Amount {bill['currency']}", justify="right", no_wrap=True)
    table.add_column("How it came about")
    for line in bill["lines"]:
        table.add_row(
            Text(line["charge_name"]), _money(line["amount"], bill), Text(line["explanation"])
        )
    return table


def _money(amount: Decimal, bill: dict[str, Any], sign: str = "") -> str:
    """An amount with its currency's decimal places; pass "+" to show a plus sign."""
    return f"{amount:{sign},.{bill['minor_units']}f}"
