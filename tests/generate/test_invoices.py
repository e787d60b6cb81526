"""The generated invoices, worked out again from the exported files alone, in Decimal."""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orchestration.generate.company import Manifest

ZONE = ZoneInfo("Europe/Berlin")
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), ZONE).astimezone(UTC)


def to_cents(amount: Decimal, currency: str) -> Decimal:
    unit = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return amount.quantize(unit, ROUND_HALF_UP)


def billable_change(event: Row) -> int:
    is_member = event["role"] == "member"
    if event["event_type"] == "role_change":
        return int(is_member) - int(event["previous_role"] == "member")
    if not is_member:
        return 0
    quantity = int(event["quantity"])
    return -quantity if event["event_type"] == "suspend" else quantity


@pytest.fixture(scope="module")
def books(small: tuple[Path, Manifest]) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Seat events and invoice lines by account, without the accounts that carry a fault."""
    out, manifest = small
    spoiled = {fault.account_id for fault in manifest.faults if fault.export != "usage_events"}
    events: dict[str, list[Row]] = defaultdict(list)
    lines: dict[str, list[Row]] = defaultdict(list)
    for row in read(out / "exports/seat_events.csv"):
        if row["account_id"] not in spoiled:
            events[row["account_id"]].append(row)
    for row in read(out / "exports/invoice_lines.csv"):
        if row["account_id"] not in spoiled:
            lines[row["account_id"]].append(row)
    assert len(lines) > 60
    return events, lines


Books = tuple[dict[str, list[Row]], dict[str, list[Row]]]


def test_a_seat_line_bills_the_seats_known_when_its_period_began(books: Books) -> None:
    events, lines = books
    checked = 0
    for account, rows in lines.items():
        for line in (row for row in rows if row["line_type"] == "seat"):
            seats = sum(
                billable_change(event)
                for event in events[account]
                if event["subscription_id"] == line["subscription_id"]
                and moment(event["effective_at"]) <= midnight(line["period_start"])
                and moment(event["recorded_at"] or event["effective_at"])
                <= moment(line["issued_at"])
            )
            assert Decimal(line["quantity"]) == seats
            assert Decimal(line["amount"]) == seats * Decimal(line["unit_price"])
            checked += 1
    assert checked > 500


def test_a_later_change_is_billed_by_the_days_that_are_left(books: Books) -> None:
    events, lines = books
    checked = 0
    for account, rows in lines.items():
        by_id = {event["event_id"]: event for event in events[account]}
        periods = [
            (row["subscription_id"], row["period_start"], row["period_end"])
            for row in rows
            if row["line_type"] == "seat"
        ]
        for line in (row for row in rows if row["line_type"] == "proration"):
            event = by_id[line["source_event_id"]]
            day = moment(event["effective_at"]).astimezone(ZONE).date()
            start, end = next(
                (date.fromisoformat(first), date.fromisoformat(last))
                for subscription, first, last in periods
                if subscription == line["subscription_id"] and first <= day.isoformat() < last
            )
            change = billable_change(event)
            exact = Decimal(line["unit_price"]) * change * (end - day).days / (end - start).days
            assert line["period_start"] == day.isoformat()
            assert line["period_end"] == end.isoformat()
            assert Decimal(line["quantity"]) == change
            assert Decimal(line["amount"]) == to_cents(exact, line["currency"])
            checked += 1
    assert checked > 300


def test_every_change_inside_a_period_has_exactly_one_line(books: Books) -> None:
    events, lines = books
    for account, rows in lines.items():
        periods = [
            (row["subscription_id"], midnight(row["period_start"]), midnight(row["period_end"]))
            for row in rows
            if row["line_type"] == "seat"
        ]
        expected = [
            event["event_id"]
            for event in events[account]
            if billable_change(event)
            and any(
                subscription == event["subscription_id"]
                and start < moment(event["effective_at"]) < end
                for subscription, start, end in periods
            )
        ]
        billed = [row["source_event_id"] for row in rows if row["line_type"] == "proration"]
        assert sorted(billed) == sorted(expected)


def test_discount_and_tax_are_lines_over_their_own_invoice(
    books: Books, small: tuple[Path, Manifest]
) -> None:
    approved = {
        row["scope_id"]: Decimal(row["ratio"]) for row in read(small[0] / "reference/discounts.csv")
    }
    rates = {"USD": Decimal(0), "EUR": Decimal("0.19"), "JPY": Decimal("0.10")}
    seen: set[str] = set()
    for account, rows in books[1].items():
        invoices: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            invoices[row["invoice_id"]].append(row)
        for invoice in invoices.values():
            currency = invoice[0]["currency"]
            sums: dict[str, Decimal] = defaultdict(Decimal)
            for row in invoice:
                sums[row["line_type"]] += Decimal(row["amount"])
            seats = sums["seat"] + sums["proration"]
            assert sums["discount"] == to_cents(
                -seats * approved.get(account, Decimal(0)), currency
            )
            net = sum((amount for kind, amount in sums.items() if kind != "tax"), Decimal(0))
            assert sums["tax"] == to_cents(net * rates[currency], currency)
            seen |= {currency, *sums}
    assert {"USD", "EUR", "JPY", "discount", "tax", "one_off", "goodwill"} <= seen


def test_no_row_is_known_after_the_books_close(small: tuple[Path, Manifest]) -> None:
    out, manifest = small
    closes = moment(manifest.as_of)
    for line in read(out / "exports/invoice_lines.csv"):
        if not line["invoice_id"].startswith("inv-bad"):
            assert moment(line["issued_at"]) <= closes
    for event in read(out / "exports/seat_events.csv"):
        if not event["event_id"].startswith("se-bad"):
            assert moment(event["recorded_at"] or event["effective_at"]) <= closes
            assert moment(event["effective_at"]) <= closes


def test_seats_never_fall_below_nothing_and_every_kind_of_change_occurs(
    small: tuple[Path, Manifest],
) -> None:
    rows = [
        row
        for row in read(small[0] / "exports/seat_events.csv")
        if not row["event_id"].startswith("se-bad")
    ]
    assert {row["event_type"] for row in rows} == {
        "add",
        "remove",
        "suspend",
        "reactivate",
        "role_change",
        "correction",
    }
    assert {row["role"] for row in rows} == {"member", "viewer"}
    late = [row for row in rows if row["recorded_at"] > row["effective_at"]]
    ahead = [row for row in rows if row["recorded_at"] and row["recorded_at"] < row["effective_at"]]
    assert late and ahead
    held: dict[str, int] = defaultdict(int)
    once = {row["event_id"]: row for row in rows}.values()
    for row in sorted(once, key=lambda row: (row["effective_at"], row["event_id"])):
        held[row["account_id"]] += billable_change(row)
        assert held[row["account_id"]] >= 0


def test_yearly_contracts_are_billed_up_front(small: tuple[Path, Manifest]) -> None:
    lines = [
        row
        for row in read(small[0] / "exports/invoice_lines.csv")
        if row["line_type"] == "seat" and row["plan_id"].startswith("team_yearly")
    ]
    assert lines
    for line in lines:
        days = date.fromisoformat(line["period_end"]) - date.fromisoformat(line["period_start"])
        assert timedelta(days=365) <= days <= timedelta(days=366)
