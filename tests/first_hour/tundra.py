"""Tundra: Recurly's tables, Intercom's conversations with the Fin agent, Zendesk's tickets.

Customers and changes of seats are lists of its own, with headers as people write them. The list of
customers names Recurly's account and, like Intercom and Zendesk, the company. Fin's resolutions are
the work that customers may pay for.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.first_hour.company import (
    MONTHS,
    Customer,
    after,
    by_hand,
    customers,
    months_of,
    table,
    work,
)

ANSWERS = ("line_item_history.csv:line_type=seat", "Seat changes.csv:date_order=dmy")
PRICE = Decimal("52.00")


def write(home: Path) -> int:
    """Put the exports into the home and write its price book; return the lines written by hand."""
    exports = home / "exports"
    known = customers()
    _lists(exports, known)
    _recurly(exports, known)
    _conversations(exports, known)
    _tickets(exports, known)
    return by_hand(
        home,
        plans="""
plan_id,plan_name,family,currency
support,Support seats,per_seat,USD
resolved,Resolutions,outcome,USD
""",
        charges="""
charge_id,plan_id,valid_from,charge_name,meter,outcomes_only,pricing,unit_amount
seat,support,2020-01-01,Seats,seats,,per_unit,52.00
resolution,resolved,2020-01-01,Resolutions,resolutions,true,per_unit,18.00
""",
        scenarios="""
scenario_id,scenario_name,plan_id
resolved,Pay for resolutions,resolved
""",
    )


def _lists(exports: Path, known: list[Customer]) -> None:
    table(
        exports / "Customers.csv",
        ["Account ID", "Account name", "Segment", "Region", "Created at", "Recurly account"],
        [
            (
                f"T-{one.number:03d}",
                one.name,
                one.segment,
                "Nordics",
                "2024-06-01",
                _recurly_id(one),
            )
            for one in known
        ],
        delimiter="\t",
        encoding="utf-16",
    )
    table(
        exports / "Seat changes.csv",
        ["Event ID", "Account ID", "Event type", "Quantity", "Effective at"],
        [
            (
                f"{one.number}-{place}",
                f"T-{one.number:03d}",
                "add" if change > 0 else "remove",
                change,
                f"{MONTHS[place]:%d/%m/%Y}",
            )
            for one in known
            for place, change in _changes(one)
        ],
        delimiter=";",
    )


def _changes(one: Customer) -> list[tuple[int, int]]:
    before = (0, *one.seats)
    steps = [(place, seats - before[place]) for place, seats in enumerate(one.seats)]
    return [(place, change) for place, change in steps if change]


def _recurly(exports: Path, known: list[Customer]) -> None:
    table(
        exports / "line_item_history.csv",
        [
            "_fivetran_synced",
            "id",
            "created_at",
            "updated_at",
            "account_id",
            "plan_id",
            "invoice_id",
            "subscription_id",
            "type",
            "state",
            "plan_code",
            "currency",
            "amount",
            "description",
            "quantity",
            "unit_amount",
            "subtotal",
            "discount",
            "tax",
            "start_date",
            "end_date",
        ],
        [_line(one, place, month) for one, place, month in months_of(known)],
    )
    table(
        exports / "invoice_history.csv",
        [
            "_fivetran_synced",
            "id",
            "created_at",
            "updated_at",
            "account_id",
            "type",
            "origin",
            "state",
            "number",
            "currency",
            "total",
        ],
        [
            (
                _at(month, 5),
                _invoice(one, place),
                _at(month, 0),
                _at(month, 4),
                _recurly_id(one),
                "charge",
                "purchase",
                "paid",
                f"{place}{one.number:03d}",
                "USD",
                one.seats[place] * PRICE,
            )
            for one, place, month in months_of(known)
        ],
    )


def _line(one: Customer, place: int, month: date) -> tuple[object, ...]:
    amount = one.seats[place] * PRICE
    return (
        _at(month, 5),
        f"li{one.number:03d}{place:02d}",
        _at(month, 0),
        _at(month, 4),
        _recurly_id(one),
        "p1",
        _invoice(one, place),
        f"s{one.number:03d}",
        "charge",
        "invoiced",
        "support",
        "USD",
        amount,
        "Support seats",
        one.seats[place],
        PRICE,
        amount,
        "0.00",
        "0.00",
        _at(month, 0),
        _at(after(month), 0),
    )


def _conversations(exports: Path, known: list[Customer]) -> None:
    rows = [
        (one.name, day, person)
        for one in known
        for place in range(len(MONTHS))
        for day, person, _ in work(one, place)
    ]
    table(
        exports / "conversations.csv",
        [
            "Conversation ID",
            "Conversation started at (Europe/Helsinki)",
            "Channel",
            "Topics",
            "Conversation rating",
            "Fin AI Agent involved",
            "Fin AI Agent resolution state",
            "Company name",
        ],
        [
            (
                100000 + number,
                f"{day} 13:05:00",
                "Chat",
                "Billing",
                "",
                "true",
                "Confirmed Resolution" if number % 3 else "Unresolved",
                name,
            )
            for number, (name, day, _) in enumerate(rows)
        ],
    )


def _tickets(exports: Path, known: list[Customer]) -> None:
    table(
        exports / "zendesk-view.csv",
        [
            "Id",
            "Requester",
            "Requester external id",
            "Subject",
            "Tags",
            "Status",
            "Priority",
            "Via",
            "Created at",
            "Organization",
        ],
        [
            (
                number,
                "Ada",
                "",
                "Invoice higher than expected",
                "billing",
                "solved",
                "normal",
                "web",
                f"{MONTHS[number % len(MONTHS)]} 10:00",
                one.name,
            )
            for number, one in enumerate(known)
        ],
    )


def _recurly_id(one: Customer) -> str:
    return f"r{one.number * 6700417:012d}"


def _invoice(one: Customer, place: int) -> str:
    return f"inv{one.number:03d}{place:02d}"


def _at(day: date, hour: int) -> str:
    return f"{day}T{hour:02d}:00:00Z"
