"""A plain reading of a home's exports: what is documented per row, without the product's code.

Files are read with Python's own libraries (PyArrow only unpacks Parquet). A row that breaks a rule
is held, of equal rows one counts, rows of one key that differ without either being later are all
held, and of several revisions the one known last holds. Times become naive UTC.
"""

import csv
import gzip
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pyarrow import parquet

Row = dict[str, Any]
Text = dict[str, str]

EVENT_TYPES = {"add", "remove", "suspend", "reactivate", "role_change", "correction"}
MINOR_UNITS = {"JPY": 0}
MILLION = 10**6
WORK_COLUMNS = (
    *("event_id", "account_id", "occurred_at", "meter", "quantity", "user_id", "actor_type"),
    *("feature", "dimension", "outcome_status", "reopened_at", "recorded_at"),
)


class Work(NamedTuple):
    """One usage event; quantity in millionths."""

    account_id: str
    day: date
    meter: str
    quantity: int
    user_id: str
    actor: str
    feature: str
    dimension: str
    outcome: str
    at: datetime
    reopened_at: datetime | None


def text_rows(path: Path) -> Iterator[Text]:
    """Rows of one file as text, empty where nothing stands."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def moment(text: str) -> datetime:
    """A time with its offset, as naive UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def naive(text: str) -> datetime:
    """The same, quick where the offset is a plain Z."""
    return datetime.fromisoformat(text[:-1]) if text[-1] == "Z" else moment(text)


def number(text: str) -> Decimal | None:
    """A decimal; None where nothing stands. NaN and the like are no numbers."""
    if not text:
        return None
    value = Decimal(text)
    if not value.is_finite() or abs(value) >= 10**14:
        raise InvalidOperation(text)
    return value


@dataclass
class Company:
    """The exports and the price book of a home, as known at its as-of."""

    home: Path
    as_of: datetime

    @cached_property
    def settings(self) -> dict[str, Any]:
        return tomllib.loads((self.home / "settings.toml").read_text("utf-8"))

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings["company"]["time_zone"])

    @cached_property
    def reporting_currency(self) -> str:
        return str(self.settings["company"]["reporting_currency"])

    def day(self, at: datetime) -> date:
        """Day of a UTC time on the company's calendar."""
        return at.replace(tzinfo=UTC).astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """UTC time at which a day of the company's calendar begins."""
        local = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return local.astimezone(UTC).replace(tzinfo=None)

    def raw(self, name: str) -> Iterator[Text]:
        folder = self.home / "exports"
        files = sorted(
            path
            for path in [*folder.glob(f"{name}.*"), *(folder / name).glob("*")]
            if path.is_file()
        )
        for path in files:
            yield from text_rows(path)

    def book(self, name: str) -> list[Text]:
        """Rows of a file of the price book, read once."""
        if name not in self._books:
            path = self.home / "reference" / f"{name}.csv"
            self._books[name] = list(text_rows(path)) if path.is_file() else []
        return self._books[name]

    @cached_property
    def _books(self) -> dict[str, list[Text]]:
        return {}

    def known(
        self, name: str, key: tuple[str, ...], read: Callable[[Text], Row | None]
    ) -> list[list[Row]]:
        """Revisions of each key in the order in which they became known, none after the as-of."""
        versions: dict[tuple[str, ...], list[tuple[datetime, Text, Row]]] = defaultdict(list)
        for text in self.raw(name):
            if not all(text[column] for column in key):
                continue
            try:
                row = read(text)
            except (ValueError, InvalidOperation):
                continue
            if row is None or row["recorded_at"] > self.as_of + timedelta(days=1):
                continue
            of_key = versions[tuple(text[column] for column in key)]
            if not any(text == other for _, other, _ in of_key):
                of_key.append((row["recorded_at"], text, row))
        kept = []
        for of_key in versions.values():
            times = [at for at, _, _ in of_key]
            rows = [
                row
                for at, _, row in sorted(of_key, key=lambda version: version[0])
                if times.count(at) == 1 and at <= self.as_of
            ]
            if rows:
                kept.append(rows)
        return kept

    def latest(
        self, name: str, key: tuple[str, ...], read: Callable[[Text], Row | None]
    ) -> list[Row]:
        return [revisions[-1] for revisions in self.known(name, key, read)]

    def in_time(self, text: str) -> datetime:
        at = moment(text)
        if at.year < 2000 or at > self.as_of + timedelta(days=1):
            raise ValueError(text)
        return at

    def recorded(self, text: Text, event: str) -> datetime:
        return moment(text["recorded_at"]) if text.get("recorded_at") else moment(text[event])

    @cached_property
    def accounts(self) -> dict[str, Row]:
        def read(text: Text) -> Row:
            return {
                **text,
                "churned_at": moment(text["churned_at"]) if text["churned_at"] else None,
                "recorded_at": self.recorded(text, "created_at"),
            }

        return {row["account_id"]: row for row in self.latest("accounts", ("account_id",), read)}

    @cached_property
    def subscriptions(self) -> list[Row]:
        def read(text: Text) -> Row:
            ended = moment(text["ended_at"]) if text["ended_at"] else None
            started = moment(text["started_at"])
            return {
                **text,
                "started_on": self.day(started),
                # an end after the as-of is not known yet
                "ended_on": self.day(ended) if ended and ended <= self.as_of else None,
                "recorded_at": self.recorded(text, "started_at"),
            }

        return self.latest("subscriptions", ("subscription_id",), read)

    @cached_property
    def seat_events(self) -> list[Row]:
        ids = {text["event_id"] for text in self.raw("seat_events")}

        def read(text: Text) -> Row | None:
            if (
                text["account_id"] not in self.accounts
                or text["event_type"] not in EVENT_TYPES
                or (text["corrects_event_id"] and text["corrects_event_id"] not in ids)
            ):
                return None
            at = self.in_time(text["effective_at"])
            return {
                **text,
                "quantity": number(text["quantity"]),
                "effective_at": at,
                "recorded_at": self.recorded(text, "effective_at"),
            }

        return self.latest("seat_events", ("event_id",), read)

    @cached_property
    def invoice_revisions(self) -> list[list[Row]]:
        currencies = {text["currency"] for text in self.raw("exchange_rates")}
        currencies.add(self.reporting_currency)

        def read(text: Text) -> Row | None:
            start = date.fromisoformat(text["period_start"])
            end = date.fromisoformat(text["period_end"])
            if (
                text["account_id"] not in self.accounts
                or text["currency"] not in currencies
                or end < start
                or text["status"] == "draft"
            ):
                return None
            return {
                **text,
                "issued_at": self.in_time(text["issued_at"]),
                "start": start,
                "end": max(end, start + timedelta(days=1)),
                "amount": number(text["amount"]),
                "quantity": number(text["quantity"]),
                "unit_price": number(text["unit_price"]),
                "list_unit_price": number(text["list_unit_price"]),
                "recorded_at": self.recorded(text, "issued_at"),
            }

        return self.known("invoice_lines", ("invoice_id", "line_id"), read)

    @cached_property
    def invoice_lines(self) -> list[Row]:
        """Lines as they stand, void ones left out."""
        last = (revisions[-1] for revisions in self.invoice_revisions)
        return [row for row in last if row["status"] != "void"]

    @cached_property
    def usage(self) -> list["Work"]:
        """Current usage: the latest known revision of each event."""
        horizon = self.as_of + timedelta(days=1)
        versions: dict[str, list[tuple[datetime, Work]]] = defaultdict(list)
        days: dict[datetime, date] = {}
        for values in self.work_rows():
            event, account, occurred, meter, amount, user, actor, feature, dimension, *ends = values
            try:
                quantity, at = number(amount), naive(occurred)
                known_at = naive(ends[2]) if ends[2] else at
                reopened = naive(ends[1]) if ends[1] else None
            except (ValueError, InvalidOperation):
                continue
            if (
                not (event and meter and account in self.accounts)
                or quantity is None
                or quantity < 0
                or at.year < 2000
                or max(at, known_at) > horizon
            ):
                continue
            hour = at.replace(minute=0, second=0)
            if hour not in days:
                days[hour] = self.day(hour)
            row = Work(
                *(account, days[hour], meter, int(quantity * MILLION), user, actor or "unknown"),
                *(feature, dimension, ends[0], at, reopened),
            )
            of_event = versions[event]
            if (known_at, row) not in of_event:
                of_event.append((known_at, row))
        kept = []
        for of_event in versions.values():
            times = [at for at, _ in of_event]
            rows = [
                version
                for version in of_event
                if times.count(version[0]) == 1 and version[0] <= self.as_of
            ]
            if rows:
                kept.append(max(rows, key=lambda version: version[0])[1])
        return kept

    def work_rows(self) -> Iterator[tuple[str, ...]]:
        """Rows of the usage files in the order of WORK_COLUMNS."""
        for path in sorted((self.home / "exports" / "usage_events").glob("*")):
            if path.suffix == ".parquet":
                table = parquet.read_table(path, columns=list(WORK_COLUMNS))
                columns = [column.cast("string").to_pylist() for column in table.columns]
                for values in zip(*columns, strict=True):
                    yield tuple(value or "" for value in values)
                continue
            opened = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding="utf-8", newline="") as stream:
                rows = csv.reader(stream)
                header = next(rows)
                places = [header.index(name) for name in WORK_COLUMNS]
                for row in rows:
                    yield tuple(row[place] for place in places)

    @cached_property
    def tickets(self) -> list[Row]:
        def read(text: Text) -> Row | None:
            if text["account_id"] not in self.accounts:
                return None
            at = self.in_time(text["created_at"])
            return {**text, "created_at": at, "recorded_at": self.recorded(text, "created_at")}

        return self.latest("support_tickets", ("ticket_id",), read)

    @cached_property
    def survey_responses(self) -> list[Row]:
        def read(text: Text) -> Row | None:
            if text["account_id"] not in self.accounts:
                return None
            at = self.in_time(text["responded_at"])
            return {
                **text,
                "score": number(text["score"]),
                "responded_at": at,
                "recorded_at": self.recorded(text, "responded_at"),
            }

        return self.latest("survey_responses", ("response_id",), read)

    @cached_property
    def months(self) -> list[date]:
        """Every calendar month from the first fact to the as-of."""
        firsts = [
            *(self.day(row["effective_at"]) for row in self.seat_events),
            *(row["start"] for row in self.invoice_lines),
            *(row.day for row in self.usage),
        ]
        month, months = min(firsts).replace(day=1), []
        while month <= self.day(self.as_of):
            months.append(month)
            month = later(month, 1)
        return months

    def is_over(self, month: date) -> bool:
        return self.midnight(later(month, 1)) <= self.as_of

    def measured_on(self, month: date) -> date:
        """The month's last day; of the running one the day of the as-of."""
        return min(later(month, 1) - timedelta(days=1), self.day(self.as_of))

    @cached_property
    def _quotes(self) -> dict[str, list[tuple[date, Fraction]]]:
        quotes: dict[str, list[tuple[date, Fraction]]] = defaultdict(list)
        for text in self.raw("exchange_rates"):
            quote = (date.fromisoformat(text["valid_from"]), Fraction(text["rate"]))
            quotes[text["currency"]].append(quote)
        return quotes

    def rate(self, currency: str, month: date) -> Fraction | None:
        """The last rate that came into force before the month was over."""
        if currency == self.reporting_currency:
            return Fraction(1)
        quotes = [quote for quote in self._quotes[currency] if quote[0] < later(month, 1)]
        return max(quotes)[1] if quotes else None

    def contracts(self, account_id: str) -> list[Row]:
        return self._contracts.get(account_id, [])

    @cached_property
    def _contracts(self) -> dict[str, list[Row]]:
        return grouped(self.subscriptions, lambda row: row["account_id"])

    def churned_on(self, account_id: str) -> date | None:
        """When the last contract ended, or the account was said to have left."""
        contracts = self.contracts(account_id)
        ends: list[date | None] = [row["ended_on"] for row in contracts]
        known = [end for end in ends if end is not None]
        if known and len(known) == len(ends):
            return max(known)
        left = self.accounts[account_id]["churned_at"]
        if left is None or left > self.as_of:
            return None
        day = self.day(left)
        return None if any(row["started_on"] > day for row in contracts) else day

    def plan(self, account_id: str, on: date) -> str:
        """The plan in force on a day, of several the earliest; after the last the one it was."""
        contracts = [row for row in self.contracts(account_id) if row["started_on"] <= on]
        open_ = [row for row in contracts if row["ended_on"] is None or row["ended_on"] > on]
        if open_:
            return str(
                min(open_, key=lambda row: (row["started_on"], row["subscription_id"]))["plan_id"]
            )
        if contracts:
            return str(
                max(contracts, key=lambda row: (row["ended_on"], row["subscription_id"]))["plan_id"]
            )
        return "unknown"

    def billed_in(self, account_id: str, on: date) -> str:
        """The currency of that plan; without one the account's own."""
        plan = self.plans.get(self.plan(account_id, on))
        return plan["currency"] if plan is not None else self.accounts[account_id]["currency"]

    @cached_property
    def plans(self) -> dict[str, Text]:
        return {row["plan_id"]: row for row in self.book("plans")}


def in_currency(segment: str, currency: str) -> list[tuple[str, str]]:
    """The slices of what is billed in a currency: everybody's and a segment's."""
    return [("currency", currency), ("segment_currency", f"{segment} {currency}")]


@cache
def later(month: date, months: int) -> date:
    """The first day of the month some months later."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def between(earlier: date, last: date) -> int:
    """Whole calendar months from one first day to another."""
    return (last.year - earlier.year) * 12 + last.month - earlier.month


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
