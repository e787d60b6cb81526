"""The small company in three states whose figures differ nearly everywhere.

`first` is the small home of the tests. `grown` adds files to its exports: an account, usage and
invoices, rows that come twice, and rows that are held. `dearer` has another price in its book.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from tests.platform.small_home import MONTHS, SEATS, make_small_home, write_csv

START = "2026-01-01T00:00:00Z"
ACCOUNTS = ["account_id", "account_name", "segment", "currency", "created_at", "billing_anchor_day"]
SUBSCRIPTIONS = ["subscription_id", "account_id", "plan_id", "started_at", "billing_interval"]
SEAT_EVENTS = [
    "event_id",
    "account_id",
    "event_type",
    "quantity",
    "effective_at",
    "user_id",
    "role",
    "subscription_id",
]
USAGE = ["event_id", "account_id", "occurred_at", "meter", "quantity", "user_id", "actor_type"]
INVOICES = [
    "invoice_id",
    "line_id",
    "account_id",
    "issued_at",
    "period_start",
    "period_end",
    "amount",
    "currency",
    "line_type",
    "quantity",
    "unit_price",
    "plan_id",
    "subscription_id",
    "status",
    "description",
]

Line = Sequence[object]


def first(home: Path) -> Path:
    return make_small_home(home)


def grown(home: Path) -> Path:
    """More export files: an account, and rows for every export of the small home."""
    folder = home / "exports"
    account = [("cora", "Cora", "enterprise", "USD", START, 1)]
    write_csv(folder / "accounts.more.csv", ACCOUNTS, account)
    write_csv(folder / "subscriptions.more.csv", SUBSCRIPTIONS, [subscription("cora", "cora")])
    seats = [
        *(seat_event("cora", f"cora_{seat}", f"cora_u{seat}") for seat in range(SEATS)),
        seat_event("acme", "acme_less", "acme_u9", kind="remove", at="2026-05-01T00:00:00Z"),
    ]
    write_csv(folder / "seat_events.more.csv", SEAT_EVENTS, seats)
    twice = [
        usage(
            f"blue_2026-02-01_{day}", "blue", f"2026-02-{day + 1:02d}T12:00:00Z", 5, f"blue_u{day}"
        )
        for day in range(5)
    ]
    held = [
        usage("bad_1", "acme", "2026-03-03T15:00:00Z", "many", "acme_u1"),
        usage("bad_2", "acme", "soon", 4, "acme_u1"),
        usage("bad_3", "nobody", "2026-03-03T15:00:00Z", 4, "acme_u1"),
    ]
    more = [*year_of_usage("cora", "cora", 7), *year_of_usage("acme", "acme", 3)]
    write_csv(folder / "usage_events.more.csv", USAGE, [*more, *twice, *held])
    invoices = [
        *(invoice("cora", f"in_cora_{month}", month) for month in MONTHS),
        invoice("cora", "in_cora_bad", MONTHS[1], amount="a lot"),
    ]
    write_csv(folder / "invoice_lines.more.csv", INVOICES, invoices)
    return home


def dearer(home: Path) -> Path:
    """Another price of the proposal."""
    charges = home / "reference" / "charges.csv"
    text = charges.read_text(encoding="utf-8")
    assert "2.50" in text
    charges.write_text(text.replace("2.50", "3.10"), encoding="utf-8")
    return home


def subscription(name: str, account: str) -> Line:
    return (f"sub_{name}", account, "team", START, "month")


def seat_event(
    account: str,
    event: str,
    user: str,
    *,
    name: str | None = None,
    kind: str = "add",
    at: str = START,
) -> Line:
    return (event, account, kind, 1, at, user, "member", f"sub_{name or account}")


def usage(event: str, account: str, at: str, quantity: object, user: str) -> Line:
    return (event, account, at, "resolutions", quantity, user, "human")


def year_of_usage(name: str, account: str, quantity: int, user: str = "") -> Iterator[Line]:
    """28 rows a month of the small home's months."""
    for month in MONTHS:
        for day in range(28):
            at = f"{month + timedelta(days=day)}T15:00:00Z"
            holder = f"{user or f'{account}_u'}{day % SEATS}"
            yield usage(f"more_{name}_{month}_{day}", account, at, quantity, holder)


def invoice(
    account: str,
    number: str,
    month: date,
    *,
    name: str | None = None,
    amount: str = "390.00",
    text: str = "",
) -> Line:
    following = (month + timedelta(days=31)).replace(day=1)
    money = (amount, "USD", "seat", SEATS, "39.00", "team", f"sub_{name or account}", "paid", text)
    return (number, "1", account, f"{month}T00:00:00Z", month, following, *money)
