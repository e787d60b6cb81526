"""Orchard: Chargebee's invoices, a Salesforce report, and workbooks of its own.

The report is written in America, months first, and has a column with Chargebee's customer. Usage
and the list of seats are workbooks that name the Salesforce account.
"""

import json
from datetime import date, datetime, time
from pathlib import Path

import openpyxl

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

ANSWERS = ("seats.xlsx:as=seat_snapshots", "usage.xlsx:as=usage_events", "usage.xlsx:meter=actions")
SEAT = 4500


def write(home: Path) -> int:
    """Put the exports into the home and write its price book; return the lines written by hand."""
    exports = home / "exports"
    known = customers()
    _accounts(exports, known)
    _invoices(exports, known)
    _workbooks(exports, known)
    return by_hand(
        home,
        plans="""
plan_id,plan_name,family,currency
team-USD-Monthly,Team,per_seat,USD
actions,Actions,usage,USD
""",
        charges="""
charge_id,plan_id,valid_from,charge_name,meter,pricing,unit_amount
seat,team-USD-Monthly,2020-01-01,Seats,seats,per_unit,45.00
actions,actions,2020-01-01,Actions,actions,per_unit,0.20
""",
        scenarios="""
scenario_id,scenario_name,plan_id
actions,Pay for actions,actions
""",
    )


def _accounts(exports: Path, known: list[Customer]) -> None:
    table(
        exports / "report1719830000.csv",
        [
            "Account ID",
            "Account Name",
            "Account Owner",
            "Type",
            "Billing Country",
            "Industry",
            "Created Date",
            "Chargebee Customer",
        ],
        [
            (
                _account(one),
                one.name,
                "Bo Ek",
                one.segment,
                "United States",
                "Software",
                f"{one.number % 12 + 1}/{one.number % 27 + 1}/2024",
                _customer(one),
            )
            for one in known
        ],
    )


def _invoices(exports: Path, known: list[Customer]) -> None:
    lines = [json.dumps(_invoice(one, place, month)) for one, place, month in months_of(known)]
    (exports / "invoices.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _invoice(one: Customer, place: int, month: date) -> dict[str, object]:
    amount = one.seats[place] * SEAT
    return {
        "id": f"{one.number:03d}-{place:02d}",
        "customer_id": _customer(one),
        "subscription_id": f"sub-{one.number:03d}",
        "date": _epoch(month),
        "currency_code": "USD",
        "status": "paid",
        "price_type": "tax_exclusive",
        "tax": 0,
        "total": amount,
        "line_items": [
            {
                "id": f"li-{one.number:03d}-{place:02d}",
                "date_from": _epoch(month),
                "date_to": _epoch(after(month)),
                "unit_amount": SEAT,
                "quantity": one.seats[place],
                "amount": amount,
                "pricing_model": "per_unit",
                "tax_amount": 0,
                "discount_amount": 0,
                "metered": False,
                "description": "Team",
                "entity_type": "plan_item_price",
                "entity_id": "team-USD-Monthly",
            }
        ],
    }


def _workbooks(exports: Path, known: list[Customer]) -> None:
    _workbook(
        exports / "seats.xlsx",
        ["Account ID", "Date", "Email", "Last seen"],
        [
            (_account(one), month, f"{person}@example.com", None)
            for one, place, month in months_of(known)
            for person in one.people(place)
        ],
    )
    _workbook(
        exports / "usage.xlsx",
        ["Account ID", "Timestamp", "Email", "Count"],
        [
            (
                _account(one),
                datetime.combine(day, time(9, 30)),
                f"{person}@example.com",
                amount + 0.25,
            )
            for one in known
            for place in range(len(MONTHS))
            for day, person, amount in work(one, place)
        ],
    )


def _workbook(path: Path, header: list[str], rows: list[tuple[object, ...]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    book.save(path)


def _account(one: Customer) -> str:
    return f"001A00000{one.number:06d}"


def _customer(one: Customer) -> str:
    return f"AzZ{one.number * 104729:09d}"


def _epoch(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86400
