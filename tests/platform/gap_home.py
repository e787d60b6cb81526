"""The small home with accounts that are not re-rated, each for a cause of its own."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.platform.small_home import make_small_home

MONTHS = [date(2026, month, 1) for month in range(1, 8)]
# five more seats on the second day of four months
GROWN = {date(2026, month, 2): 5 for month in range(2, 6)}
PRICE = Decimal(39)
# the charged plan of each account; `mystery` is not in the price book
PLANS = {
    "tenth": "team",
    "taken": "team",
    "opened": "opening",
    "daily": "whole",
    "typed": "team",
    "nobody": "mystery",
    "seatless": "team",
}
# plans like team, except for how changes of seats are billed
PRORATION = {"opening": "by_day", "whole": "none"}

Row = dict[str, object]


def make_gap_home(home: Path) -> Path:
    """Write the home; `acme` and `blue` of the small home agree with their invoices."""
    make_small_home(home)
    exports, reference = home / "exports", home / "reference"
    _append(
        exports / "accounts.csv",
        (
            {
                "account_id": name,
                "account_name": name.title(),
                "segment": "mid",
                "currency": "USD",
                "created_at": "2026-01-01T00:00:00Z",
                "billing_anchor_day": 1,
            }
            for name in PLANS
        ),
    )
    _append(
        exports / "subscriptions.csv",
        (
            {
                "subscription_id": f"sub_{name}",
                "account_id": name,
                "plan_id": plan,
                "started_at": "2026-01-01T00:00:00Z",
                "billing_interval": "month",
            }
            for name, plan in PLANS.items()
        ),
    )
    _append(exports / "seat_events.csv", (row for name in PLANS for row in _seats(name)))
    _append(
        exports / "usage_events.csv",
        (
            {
                "event_id": f"{name}_{month}",
                "account_id": name,
                "occurred_at": f"{month}T12:00:00Z",
                "meter": "resolutions",
                "quantity": 5,
                "actor_type": "human",
            }
            for name in PLANS
            for month in MONTHS[:6]
        ),
    )
    _append(exports / "invoice_lines.csv", (row for name in PLANS for row in _lines(name)))
    _append(
        reference / "plans.csv",
        (
            {
                "plan_id": plan,
                "plan_name": f"{plan.title()}, by the seat",
                "family": "per_seat",
                "currency": "USD",
                "billing_interval": "month",
                "proration": proration,
                "billable_roles": "member",
            }
            for plan, proration in PRORATION.items()
        ),
    )
    _append(
        reference / "charges.csv",
        (
            {
                "charge_id": f"seat_{plan}",
                "plan_id": plan,
                "valid_from": "2025-01-01",
                "charge_name": "Seats",
                "meter": "seats",
                "timing": "advance",
                "role": "member",
                "pricing": "per_unit",
                "unit_amount": PRICE,
            }
            for plan in PRORATION
        ),
    )
    return home


def _seats(name: str) -> Iterator[Row]:
    if name == "seatless":
        return
    changes = {date(2026, 1, 1): 10} | (GROWN if name in ("opened", "daily") else {})
    for day, quantity in changes.items():
        yield {
            "event_id": f"{name}_{day}",
            "account_id": name,
            "event_type": "add",
            "quantity": quantity,
            "effective_at": f"{day}T00:00:00Z",
            "role": "member",
            "subscription_id": f"sub_{name}",
        }


def _lines(name: str) -> Iterator[Row]:
    for month in MONTHS:
        end = date(2026, month.month + 1, 1)
        seats = 10 + sum(
            more for day, more in GROWN.items() if day < month and name in ("opened", "daily")
        )
        amount = seats * PRICE * (Decimal("0.9") if name == "tenth" else 1)
        is_flat = name == "typed"
        yield _line(
            name,
            month,
            end,
            amount,
            line_type="flat" if is_flat else "seat",
            quantity="" if is_flat else seats,
        )
        if name == "taken":
            yield _line(name, month, end, -amount / 10, line_type="discount")
        changed = [day for day in GROWN if name == "daily" and month < day < end]
        for day in changed:
            share = Decimal((end - day).days) / (end - month).days
            yield _line(
                name,
                day,
                end,
                (GROWN[day] * PRICE * share).quantize(Decimal("0.01")),
                line_type="proration",
                quantity=GROWN[day],
                invoice_month=month,
            )


def _line(
    name: str,
    start: date,
    end: date,
    amount: Decimal,
    *,
    line_type: str,
    quantity: object = "",
    invoice_month: date | None = None,
) -> Row:
    return {
        "invoice_id": f"in_{name}_{invoice_month or start}",
        "line_id": line_type,
        "account_id": name,
        "issued_at": f"{invoice_month or start}T00:00:00Z",
        "period_start": start,
        "period_end": end,
        "amount": f"{amount:.2f}",
        "currency": "USD",
        "line_type": line_type,
        "quantity": quantity,
        "plan_id": PLANS[name],
        "subscription_id": f"sub_{name}",
        "status": "paid",
    }


def _append(path: Path, rows: Iterator[Row]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, names, restval="", lineterminator="\n").writerows(rows)
