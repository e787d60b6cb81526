"""Lumina: Stripe's dashboard, HubSpot, Copilot's activity reports, and usage from its own system.

Ids differ everywhere: HubSpot has a record id, and columns with Stripe's customer and the GitHub
organization; usage has the customer's name. Enterprise customers have a coupon of ten percent. One
customer pays an old price that the price book does not know.
Usage is written in Germany: latin-1, semicolons, decimal commas, days first.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.first_hour.company import (
    LAST_MONTH,
    MONTHS,
    Customer,
    after,
    by_hand,
    customers,
    months_of,
    table,
    work,
)

PRICE = Decimal("39.00")
OLD_PRICE = Decimal("35.00")
ON_OLD_PRICE = 36
ANSWERS = (
    "invoices.csv:line_type=seat",
    "subscriptions.csv:seats=no",
    "nutzung_2026.csv:as=usage_events",
    "nutzung_2026.csv:meter=messages",
)


def write(home: Path) -> int:
    """Put the exports into the home and write its price book; return the lines written by hand."""
    exports = home / "exports"
    known = customers()
    _companies(exports, known)
    _stripe(exports, known)
    _copilot(exports, known)
    _usage(exports, known)
    return by_hand(
        home,
        plans="""
plan_id,plan_name,family,currency
team-monthly,Team,per_seat,USD
hybrid,Hybrid,hybrid,USD
""",
        charges="""
charge_id,plan_id,valid_from,charge_name,meter,pricing,unit_amount
seat,team-monthly,2020-01-01,Seats,seats,per_unit,39.00
hybrid_seat,hybrid,2020-01-01,Seats,seats,per_unit,25.00
messages,hybrid,2020-01-01,Messages,messages,per_unit,0.06
""",
        discounts="""
discount_id,scope,scope_id,ratio
coupon,segment,enterprise,0.10
""",
        scenarios="""
scenario_id,scenario_name,plan_id
hybrid,Seats and messages,hybrid
""",
    )


def _companies(exports: Path, known: list[Customer]) -> None:
    table(
        exports / "hubspot-crm-exports-all-companies.csv",
        [
            "Record ID",
            "Company name",
            "Company owner",
            "Create Date",
            "Country/Region",
            "Customer segment",
            "Stripe customer",
            "Lumina org",
        ],
        [
            (
                90_000_000 + one.number,
                one.name,
                "Ada Lang",
                "2024-05-01 09:00",
                "Germany",
                one.segment,
                _stripe_id(one),
                _organization(one),
            )
            for one in known
        ],
    )


def _stripe(exports: Path, known: list[Customer]) -> None:
    header = [
        "id",
        "Amount Due",
        "Currency",
        "Customer",
        "Customer Name",
        "Date (UTC)",
        "Maximum Line Item Period End (UTC)",
        "Minimum Line Item Period Start (UTC)",
        "Number",
        "Paid",
        "Period End (UTC)",
        "Period Start (UTC)",
        "Status",
        "Subscription",
        "Subtotal",
        "Tax",
        "Total",
        "Total Discount Amount",
    ]
    table(
        exports / "invoices.csv",
        header,
        [_invoice(one, place, month) for one, place, month in months_of(known)],
    )
    table(
        exports / "subscriptions.csv",
        [
            "id",
            "Customer ID",
            "Customer Name",
            "Plan",
            "Quantity",
            "Interval",
            "Status",
            "Start Date (UTC)",
            "Current Period Start (UTC)",
            "Current Period End (UTC)",
            "Ended At (UTC)",
        ],
        [
            (
                f"sub_{one.number:03d}",
                _stripe_id(one),
                one.name,
                "team-monthly",
                max(one.seats[-1], 1),
                "month",
                "active" if one.seats[-1] else "canceled",
                f"{MONTHS[0]} 00:00",
                f"{MONTHS[-1]} 00:00",
                f"{after(MONTHS[-1])} 00:00",
                "" if one.seats[-1] else f"{after(MONTHS[LAST_MONTH])} 00:00",
            )
            for one in known
        ],
    )


def _invoice(one: Customer, place: int, month: date) -> tuple[object, ...]:
    subtotal = one.seats[place] * (OLD_PRICE if one.number == ON_OLD_PRICE else PRICE)
    discount = (subtotal / 10).quantize(PRICE) if one.segment == "enterprise" else Decimal(0)
    total = subtotal - discount
    start, end = f"{month} 00:00", f"{after(month)} 00:00"
    return (
        f"in_{one.number:03d}_{place:02d}",
        total,
        "usd",
        _stripe_id(one),
        one.name,
        start,
        end,
        start,
        f"LUM-{one.number:03d}-{place:02d}",
        "TRUE",
        start,
        start,
        "paid",
        f"sub_{one.number:03d}",
        subtotal,
        "0.00",
        total,
        discount or "",
    )


def _copilot(exports: Path, known: list[Customer]) -> None:
    for place, month in enumerate(MONTHS):
        table(
            exports / "copilot" / f"activity-{month}.csv",
            [
                "Report Time",
                "Login",
                "Last Authenticated At",
                "Last Activity At",
                "Last Surface Used",
                "Organization",
            ],
            [
                (
                    f"{month}T02:00:00Z",
                    person,
                    "None",
                    _last_active(one, place, person),
                    "vscode/1.90",
                    _organization(one),
                )
                for one in known
                for person in one.people(place)
            ],
        )


def _last_active(one: Customer, place: int, person: str) -> str:
    if place == 0:
        return "None"
    days = [day for day, who, _ in work(one, place - 1) if who == person]
    return f"{days[-1]}T15:00:00Z" if days else "None"


def _usage(exports: Path, known: list[Customer]) -> None:
    table(
        exports / "nutzung_2026.csv",
        ["Customer", "Timestamp", "User", "Quantity"],
        [
            (one.name, f"{day:%d.%m.%Y} 14:30", person, f"{amount},50")
            for one in known
            for month in range(len(MONTHS))
            for day, person, amount in work(one, month)
        ],
        delimiter=";",
        encoding="latin-1",
    )


def _stripe_id(one: Customer) -> str:
    return f"cus_{one.number * 7919:08d}"


def _organization(one: Customer) -> str:
    return f"org-{one.number:02d}"
