"""Prints a what-if, and turns it into a dict for JSON."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.cli.shared import counted
from orchestration.whatif.report import Effect, WhatIf
from orchestration.whatif.scope import CURRENT


def what_if_dict(outcome: WhatIf) -> dict[str, Any]:
    """The outcome as a dict for JSON, including derived figures."""
    shown = asdict(outcome)
    shown["changes"] = [
        {
            "table": change.table,
            "key": change.key,
            "column": change.column,
            "before": change.before,
            "after": change.after,
        }
        for change in outcome.changes
    ]
    for kind in ("effects", "movers"):
        for row, entry in zip(shown[kind], getattr(outcome, kind), strict=True):
            row["change"] = entry.change
    return shown


def print_what_if(console: Console, outcome: WhatIf) -> None:
    """Print the tables, or a sentence if there is nothing to show."""
    for change in outcome.changes:
        console.print(
            Text(
                f"{change.table}.{change.key}.{change.column}: "
                f"{change.before or 'empty'} → {change.after or 'empty'}",
                style="bold",
            )
        )
    if not outcome.changes:
        console.print("The price book already has these values; nothing changes.")
        return
    if not outcome.effects:
        console.print("No published bill depends on these values; nothing changes.")
        return
    console.print(
        Text(
            f"{counted(outcome.months, 'closed month')}, {outcome.first_month:%Y-%m} to "
            f"{outcome.last_month:%Y-%m}, in {outcome.currency}"
        )
    )
    console.print(_effects(outcome))
    if any(effect.scenario_id != CURRENT for effect in outcome.effects):
        console.print(_accounts(outcome))
    if outcome.now_invoiced:
        console.print(
            Text(
                "With these prices, the re-rated bills of "
                f"{counted(outcome.now_invoiced, 'account')} no longer match the invoices. As in "
                "a refresh, the invoices then count as the current bills; use --keep-basis to see "
                "the re-rated bills."
            )
        )
    if outcome.movers:
        console.print(_movers(outcome))
    for bill in outcome.bills:
        if bill["month"] == max(row["month"] for row in outcome.bills if not row["is_provisional"]):
            console.print(_bill(outcome, bill))


def _effects(outcome: WhatIf) -> Table:
    """Amounts billed; a table that also had the accounts would not fit in 80 columns."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Scenario")
    for name in ("Before", "After", "Change", "Bills up", "down"):
        table.add_column(name, justify="right", no_wrap=True)
    for effect in outcome.effects:
        table.add_row(
            Text(effect.scenario_name),
            f"{effect.revenue_before:,.2f}",
            f"{effect.revenue_after:,.2f}",
            _percent(effect),
            f"{effect.rising:,}",
            f"{effect.falling:,}",
        )
    return table


def _accounts(outcome: WhatIf) -> Table:
    """How many accounts would pay less or more than today or be shocked, before and after."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Accounts vs. today")
    for name in ("Win", "Lose", "Shocked"):
        table.add_column(name, justify="right", no_wrap=True)
    for effect in outcome.effects:
        if effect.scenario_id != CURRENT:
            table.add_row(
                Text(effect.scenario_name),
                _pair(effect.winners_before, effect.winners_after),
                _pair(effect.losers_before, effect.losers_after),
                _shocked(effect),
            )
    return table


def _percent(effect: Effect) -> str:
    if not effect.revenue_before:
        return "n/a"
    return f"{100 * effect.change / effect.revenue_before:+.2f} %"


def _pair(before: int | None, after: int | None) -> str:
    return "" if before is None or after is None else f"{before:,} → {after:,}"


def _shocked(effect: Effect) -> str:
    if effect.scenario_id == CURRENT or not effect.shock_accounts:
        return ""
    before, after = (
        f"{Decimal(100 * (count or 0)) / effect.shock_accounts:.1f}"
        for count in (effect.shocked_before, effect.shocked_after)
    )
    return f"{before} → {after} %"


def _movers(outcome: WhatIf) -> Table:
    table = Table(box=SIMPLE_HEAD, title="Biggest changes", title_justify="left")
    table.add_column("Account")
    table.add_column("Segment")
    table.add_column("Scenario")
    for name in ("Before", "After", "Change"):
        table.add_column(name, justify="right", no_wrap=True)
    for mover in outcome.movers:
        table.add_row(
            Text(mover.account_name or mover.account_id),
            Text(mover.segment or ""),
            Text(mover.scenario_id),
            f"{mover.before:,.2f}",
            f"{mover.after:,.2f}",
            f"{mover.change:+,.2f}",
        )
    return table


def _bill(outcome: WhatIf, bill: dict[str, Any]) -> Table:
    title = f"{bill['account_id']} · {bill['scenario_id']} · {bill['month']:%Y-%m}"
    if bill["after"] is None:
        title += f" · not available: {bill['reason']}"
    else:
        title += f" · {_money(bill['before'])} → {_money(bill['after'])} {bill['currency']}"
    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left")
    table.add_column("Line")
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("Calculation")
    keys = ("account_id", "month", "scenario_id")
    for line in outcome.lines:
        if all(line[key] == bill[key] for key in keys):
            table.add_row(
                Text(line["charge_name"]), _money(line["amount"]), Text(line["explanation"])
            )
    return table


def _money(amount: Decimal | None) -> str:
    return "n/a" if amount is None else f"{amount:,.2f}"
