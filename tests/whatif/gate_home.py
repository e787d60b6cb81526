"""A company on which every kind of what-if is compared with a build: 17 accounts, eight months.

Each account is there for a way through the models; the price book is in gate_book.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.platform.small_home import write_csv
from tests.whatif.gate_book import write_book

SETTINGS = """[company]
name = "Gate Co"
time_zone = "UTC"
reporting_currency = "USD"
value_meter = "resolutions"

[limits]
threads = 1  # tables so small gain nothing from a second one
"""

FIRST = date(2026, 1, 1)
# eight months are closed, and September is not
LAST = date(2026, 9, 4)
DAYS_BETWEEN_WORK = 4


@dataclass(frozen=True)
class Account:
    """A customer with one contract; `work` scales its usage."""

    name: str
    segment: str
    plan: str
    seats: int
    work: int = 1
    started: date = FIRST
    anchor: int = 1
    discount_pct: str = ""
    ended: date | None = None

    @property
    def currency(self) -> str:
        return self.plan.rpartition("_")[2].upper()


ACCOUNTS = (
    # nothing special: seats by the month, invoiced as rated; one price negotiated in a proposal
    Account("acme", "smb", "team_usd", 6),
    # an anchor day that most months lack, seats that come and go, and a contract discount
    Account("bolt", "smb", "team_usd", 9, 2, date(2026, 1, 31), 31, discount_pct="5"),
    # the other currency
    Account("cove", "smb", "team_eur", 8, work=2),
    # a contract by the year
    Account("dune", "midmarket", "yearly_usd", 12, work=3),
    # a price negotiated for a plan of today; the segment has a discount of an amount
    Account("echo", "midmarket", "team_usd", 15, 4, date(2026, 1, 10), 10),
    # a discount of its own, which follows into every proposal
    Account("fern", "smb", "team_usd", 5, work=2),
    # the other currency in the segment with a discount
    Account("gale", "midmarket", "team_eur", 20, work=5),
    # usage is billed today, at a price that changed and was negotiated in the middle of months
    Account("hive", "enterprise", "metered_usd", 25, work=6),
    # much of its work is reopened after it was billed
    Account("iris", "smb", "team_usd", 4, work=3),
    # invoices that no price explains: they are its bill of today
    Account("jade", "enterprise", "team_usd", 18, work=5),
    # too new for a shock, covered by the proposal for new customers, and with a first month that is
    # cut short (but invoiced whole)
    Account("kite", "smb", "team_usd", 3, work=1, started=date(2026, 7, 6), anchor=20),
    # a contract by the quarter in the other currency
    Account("lark", "smb", "quarter_eur", 7, work=2),
    # two contracts that price the same work
    Account("mesa", "smb", "metered_usd", 5, work=1),
    # a wallet today
    Account("nova", "enterprise", "pool_usd", 10, work=8),
    # few seats and much work: a shock under most proposals, a plan and a price of its own
    Account("opal", "enterprise", "team_usd", 2, work=9),
    # came in March, and is covered by the proposal for new customers over enough months
    Account("pine", "smb", "team_usd", 6, work=4, started=date(2026, 3, 1)),
    # left before the months by which a proposal is judged
    Account("reed", "smb", "team_usd", 4, work=2, ended=date(2026, 4, 1)),
)
PRICES = {"team_usd": "40", "team_eur": "36", "yearly_usd": "420", "quarter_eur": "102"}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
INTERVALS = {"yearly_usd": "year", "quarter_eur": "quarter"}


def make_gate_home(home: Path) -> Path:
    """Write the home's settings, exports and price book."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    exports = home / "exports"
    _write_accounts(exports)
    _write_seats(exports / "seat_events.csv")
    _write_usage(exports / "usage_events.csv")
    _write_invoices(exports / "invoice_lines.csv")
    _write_rates(exports)
    write_book(home / "reference")
    return home


def _write_accounts(exports: Path) -> None:
    write_csv(
        exports / "accounts.csv",
        ["account_id", "account_name", "segment", "currency", "created_at", "billing_anchor_day"],
        [
            (one.name, one.name.title(), one.segment, one.currency, _at(one.started), one.anchor)
            for one in ACCOUNTS
        ],
    )
    contracts = [
        (
            f"sub_{one.name}",
            one.name,
            one.plan,
            _at(one.started),
            _at(one.ended) if one.ended else "",
            INTERVALS.get(one.plan, "month"),
            one.discount_pct,
        )
        for one in ACCOUNTS
    ]
    contracts.append(("sub_mesa_2", "mesa", "metered_usd", _at(date(2026, 5, 1)), "", "month", ""))
    write_csv(
        exports / "subscriptions.csv",
        [
            "subscription_id",
            "account_id",
            "plan_id",
            "started_at",
            "ended_at",
            "billing_interval",
            "discount_pct",
        ],
        contracts,
    )


def _write_seats(path: Path) -> None:
    def seat(account: Account, number: int, kind: str, day: date) -> tuple[object, ...]:
        # one seat in four is an administrator's
        role = "admin" if number % 4 == 3 else "member"
        return (
            f"{account.name}_{number}_{kind}_{day}",
            account.name,
            kind,
            -1 if kind == "remove" else 1,
            _at(day),
            f"{account.name}_u{number}",
            role,
            f"sub_{account.name}",
        )

    rows = [
        seat(one, number, "add", one.started) for one in ACCOUNTS for number in range(one.seats)
    ]
    named = {one.name: one for one in ACCOUNTS}
    rows += [
        seat(named["bolt"], 9, "add", date(2026, 4, 12)),
        seat(named["bolt"], 0, "remove", date(2026, 6, 20)),
        seat(named["gale"], 2, "suspend", date(2026, 7, 9)),
        seat(named["dune"], 12, "add", date(2026, 5, 17)),
        seat(named["opal"], 2, "add", date(2026, 7, 15)),
        *(seat(named["reed"], number, "remove", date(2026, 4, 1)) for number in range(4)),
    ]
    write_csv(
        path,
        [
            "event_id",
            "account_id",
            "event_type",
            "quantity",
            "effective_at",
            "user_id",
            "role",
            "subscription_id",
        ],
        rows,
    )


def _work(account: Account, day: date) -> Iterator[tuple[object, ...]]:
    """Meter, quantity, user, actor, dimension, status and when reopened, of one day."""
    number = (day - FIRST).days // DAYS_BETWEEN_WORK
    # work grows from month to month, so that tiers, packs, caps and minimums are met on the way
    scale = account.work * (day.month + 1)
    user = f"{account.name}_u{number % account.seats}"
    yield "resolutions", 1 + scale // 3 + number % 3, user, "human", "", "success", ""
    status = "failed" if number % 5 == 4 else "success"
    reopened = ""
    if account.name in ("iris", "hive") and number % 6 == 0 and day + timedelta(days=40) < LAST:
        reopened = _at(day + timedelta(days=40))
    yield "resolutions", 1 + scale // 2, "", "automation", "", status, reopened
    yield "messages", 4 * scale + 7 * (number % 4), user, "human", "", "", ""
    yield "tokens", 9000 * scale + 1000 * (number % 7), "", "automation", "mini", "", ""
    if number % 2:
        yield "tokens", 1500 * scale, "", "automation", "pro", "", ""
    if account.segment == "enterprise":
        yield "storage", 10 + scale + 5 * (number % 3), "", "", "", "", ""
        yield "sales", f"{12 * scale}.{number % 10}5", user, "human", "", "", ""


def _write_usage(path: Path) -> None:
    rows = []
    for one in ACCOUNTS:
        day = one.started
        while day <= LAST and (one.ended is None or day < one.ended):
            for place, (meter, quantity, *rest) in enumerate(_work(one, day)):
                identity = f"{one.name}_{day}_{place}"
                rows.append((identity, one.name, _at(day, 12), meter, quantity, *rest))
            day += timedelta(days=DAYS_BETWEEN_WORK)
    write_csv(
        path,
        [
            "event_id",
            "account_id",
            "occurred_at",
            "meter",
            "quantity",
            "user_id",
            "actor_type",
            "dimension",
            "outcome_status",
            "reopened_at",
        ],
        rows,
    )


def _write_invoices(path: Path) -> None:
    """One line of seats for each period; work that is billed today follows on a line of its own."""
    rows: list[tuple[object, ...]] = []
    for one in ACCOUNTS:
        for start, end in _periods(one):
            invoice = f"in_{one.name}_{start}"
            seats, price = _seats(one, start), Decimal(_price(one, start))
            line = (invoice, "1", one.name, _at(start), start, end)
            rows.append((*line, "seat", seats * price, one.currency, seats, price, one.plan))
            off = {"bolt": Decimal("0.05"), "fern": Decimal("0.1")}.get(one.name)
            if off is not None:
                less = (-seats * price * off).quantize(Decimal("0.01"))
                line = (invoice, "2", one.name, _at(start), start, end)
                rows.append((*line, "discount", less, one.currency, "", "", one.plan))
            if one.plan == "pool_usd":
                line = (invoice, "3", one.name, _at(start), start, end)
                rows.append((*line, "flat", "90", one.currency, 1, "90", one.plan))
    write_csv(
        path,
        [
            "invoice_id",
            "line_id",
            "account_id",
            "issued_at",
            "period_start",
            "period_end",
            "line_type",
            "amount",
            "currency",
            "quantity",
            "unit_price",
            "plan_id",
        ],
        rows,
    )


def _price(account: Account, start: date) -> str:
    if account.name == "jade":
        return "55"
    if account.name == "echo" and start >= date(2026, 3, 1):
        return "37"
    return (PRICES | {"metered_usd": "12", "pool_usd": "20"})[account.plan]


def _seats(account: Account, start: date) -> int:
    """Seats at the start of a period."""
    moved = {
        "bolt": ((date(2026, 4, 12), 1), (date(2026, 6, 20), -1)),
        "opal": ((date(2026, 7, 15), 1),),
    }.get(account.name, ())
    return account.seats + sum(change for day, change in moved if day <= start)


def _periods(account: Account) -> Iterator[tuple[date, date]]:
    """Billing periods until now, from the account's anchor day to the next."""
    months = MONTHS[INTERVALS.get(account.plan, "month")]
    number, start = -months, account.started
    while start <= LAST and (account.ended is None or start < account.ended):
        number += months
        end = _anchor(account, number)
        if end > start:
            yield start, end
            start = end


def _anchor(account: Account, later: int) -> date:
    """The account's anchor day, some months after its first; the last day of a shorter month."""
    place = account.started.month - 1 + later
    year, month = account.started.year + place // 12, place % 12 + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return min(
        first_of_next - timedelta(days=1), date(year, month, 1) + timedelta(account.anchor - 1)
    )


def _write_rates(exports: Path) -> None:
    write_csv(
        exports / "exchange_rates.csv",
        ["currency", "valid_from", "rate"],
        [("EUR", date(2026, month, 1), f"1.0{month}5") for month in range(1, 10)],
    )
    write_csv(
        exports / "cost_rates.csv",
        ["meter", "valid_from", "unit_cost", "dimension"],
        [
            ("resolutions", FIRST, "0.04", ""),
            ("messages", FIRST, "0.001", ""),
            ("tokens", FIRST, "0.00001", "mini"),
            ("tokens", FIRST, "0.00004", "pro"),
        ],
    )


def _at(day: date, hour: int = 0) -> str:
    return f"{day}T{hour:02d}:00:00Z"
