"""Faults planted on purpose, each with its expected effect.

Money faults go to plain accounts (monthly, in dollars, at the list price), one each, so that
each is visible separately. Bad rows have their own keys and come at the end of their files.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from orchestration.generate.accounts import Account
from orchestration.generate.billing import InvoiceLine
from orchestration.generate.calendar import Window, local_day, stamp, utc
from orchestration.generate.catalogue import rounded
from orchestration.generate.seats import SeatEvent


@dataclass(frozen=True)
class Fault:
    """One planted fault: the fate of its rows and their quarantine or reconciliation code."""

    kind: str
    export: str
    file: str
    ids: tuple[str, ...]
    account_id: str
    fate: str
    reason: str
    note: str

    def described(self) -> dict[str, object]:
        return {**asdict(self), "ids": list(self.ids)}


Row = TypeVar("Row")
SeatPlant = Callable[[list[SeatEvent]], list[SeatEvent]]
LinePlant = Callable[[list[InvoiceLine]], list[InvoiceLine]]


class Planter:
    """Distributes the money faults over accounts and records what it planted."""

    def __init__(self, accounts: Sequence[Account], window: Window) -> None:
        self._window = window
        self.faults: list[Fault] = []
        plain = [
            account
            for account in accounts
            if account.is_plain
            and account.segment.name in ("smb", "midmarket")
            and account.subscriptions[0].start < window.month(window.months // 3)
        ]
        self._accounts = {account.account_id: account for account in plain}
        self._seat_plants: list[SeatPlant] = [self._late_event, self._late_correction]
        self._line_plants: list[LinePlant] = [
            self._wrong_proration,
            self._missing_proration,
            self._missing_invoice,
            self._wrong_price,
            self._wrong_quantity,
            self._unapproved_discount,
            self._turned_void,
            self._voided_at_once,
            self._service_credit,
            self._conflicting_line,
            self._repeated_line,
        ]

    def spoil_seats(self, account: Account, events: list[SeatEvent]) -> list[SeatEvent]:
        """The account's events with the next fault that fits, if any."""
        return self._dealt(account, self._seat_plants, events)

    def spoil_lines(self, account: Account, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        """The account's lines with the next fault that fits, if any."""
        return self._dealt(account, self._line_plants, lines)

    def _dealt(
        self, account: Account, plants: list[Callable[[list[Row]], list[Row]]], rows: list[Row]
    ) -> list[Row]:
        if account.account_id not in self._accounts:
            return rows
        for plant in plants:
            spoiled = plant(rows)
            if spoiled is not rows:
                plants.remove(plant)
                # one fault per account, so that each is visible separately
                del self._accounts[account.account_id]
                return spoiled
        return rows

    def _note(
        self, kind: str, export: str, ids: Sequence[str], account_id: str, *outcome: str
    ) -> None:
        fate, reason, note = outcome
        file = f"exports/{export}.csv"
        self.faults.append(Fault(kind, export, file, tuple(ids), account_id, fate, reason, note))

    def _middle(self, day: date) -> bool:
        """Whether a day is between the window's third month and its fourth from last."""
        month = self._window.month_of(day)
        return self._window.months // 3 <= month < self._window.months * 3 // 4

    def _known_late(self, event: SeatEvent) -> SeatEvent:
        account = self._accounts[event.account_id]
        day = local_day(event.effective_at)
        _, period_end = account.subscriptions[0].period_of(day)
        return replace(event, recorded_at=utc(period_end + timedelta(days=9), 10), is_billed=False)

    def _swap(
        self, events: list[SeatEvent], kind: str, change: Callable[[SeatEvent], SeatEvent]
    ) -> tuple[list[SeatEvent], SeatEvent | None]:
        """The first fitting event of the middle months, changed."""
        for place, event in enumerate(events):
            fits = (
                event.event_type == kind
                and event.role == "member"
                and event.source in ("admin_console", "import")
                and event.recorded_at >= event.effective_at
                and self._middle(local_day(event.effective_at))
            )
            if fits:
                changed = change(event)
                return [*events[:place], changed, *events[place + 1 :]], changed
        return events, None

    def _late_event(self, events: list[SeatEvent]) -> list[SeatEvent]:
        events, late = self._swap(events, "add", self._known_late)
        if late:
            self._note(
                "late_seat_event",
                "seat_events",
                [late.event_id],
                late.account_id,
                "loaded",
                "late_event",
                "recorded nine days into the next period; neither it nor that period was billed",
            )
        return events

    def _late_correction(self, events: list[SeatEvent]) -> list[SeatEvent]:
        def corrected(event: SeatEvent) -> SeatEvent:
            added = next(
                one.event_id
                for one in events
                if one.user_id == event.user_id and one.event_type in ("add", "role_change")
            )
            late = self._known_late(event)
            return replace(late, event_type="correction", corrects_event_id=added, source="support")

        events, late = self._swap(events, "remove", corrected)
        if late:
            self._note(
                "correction_not_billed",
                "seat_events",
                [late.event_id],
                late.account_id,
                "loaded",
                "correction",
                "a correction recorded in the next period; its credit was never invoiced",
            )
        return events

    def _pick(self, lines: list[InvoiceLine], kind: str, late: bool = False) -> InvoiceLine | None:
        """A line of this kind, from the middle months or from the last two."""
        recent = self._window.month(max(self._window.months - 2, 0))
        for line in lines:
            if line.line_type == kind and (
                line.period_start >= recent if late else self._middle(line.period_start)
            ):
                return line
        return None

    def _replaced(
        self,
        lines: list[InvoiceLine],
        line: InvoiceLine | None,
        instead: Callable[[InvoiceLine], list[InvoiceLine]],
        kind: str,
        *outcome: str,
    ) -> list[InvoiceLine]:
        if line is None:
            return lines
        self._note(
            kind, "invoice_lines", [f"{line.invoice_id}/{line.line_id}"], line.account_id, *outcome
        )
        return [new for old in lines for new in (instead(old) if old is line else [old])]

    def _wrong_proration(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        return self._replaced(
            lines,
            self._pick(lines, "proration"),
            lambda line: [replace(line, amount=line.amount + Decimal("7.00"))],
            "wrong_proration",
            "loaded",
            "proration_mismatch",
            "7.00 more than the days that were left",
        )

    def _missing_proration(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        return self._replaced(
            lines,
            self._pick(lines, "proration"),
            lambda line: [],
            "missing_proration",
            "absent",
            "missing_on_invoice",
            "the line of a seat change was never written",
        )

    def _missing_invoice(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        return self._replaced(
            lines,
            self._pick(lines, "seat"),
            lambda line: [],
            "missing_invoice",
            "absent",
            "missing_on_invoice",
            "a month's seats were never invoiced",
        )

    def _wrong_price(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        price = Decimal("41.00")
        return self._replaced(
            lines,
            self._pick(lines, "seat"),
            lambda line: [replace(line, unit_price=price, amount=price * (line.quantity or 0))],
            "wrong_price",
            "loaded",
            "price_mismatch",
            "41.00 a seat instead of 39.00",
        )

    def _wrong_quantity(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        def counted(line: InvoiceLine) -> list[InvoiceLine]:
            seats = (line.quantity or 0) + 2
            return [replace(line, quantity=seats, amount=seats * (line.unit_price or Decimal(0)))]

        return self._replaced(
            lines,
            self._pick(lines, "seat"),
            counted,
            "wrong_quantity",
            "loaded",
            "quantity_mismatch",
            "two seats too many",
        )

    def _unapproved_discount(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        line = self._pick(lines, "seat", late=True)
        if line is None:
            return lines
        less = replace(
            line,
            line_id=str(int(line.line_id) + 50),
            line_type="discount",
            amount=rounded(line.amount * Decimal("-0.15"), line.currency),
            quantity=None,
            unit_price=None,
            list_unit_price=None,
            description="Courtesy of sales",
        )
        lines = [*lines[: lines.index(line) + 1], less, *lines[lines.index(line) + 1 :]]
        return self._replaced(
            lines,
            less,
            lambda same: [same],
            "unapproved_discount",
            "loaded",
            "discount_unapproved",
            "fifteen per cent off that discounts.csv does not know",
        )

    def _reissued(self, line: InvoiceLine) -> InvoiceLine:
        return replace(
            line, invoice_id=f"{line.invoice_id}-R", issued_at=line.issued_at + timedelta(days=2)
        )

    def _turned_void(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        def reissued(line: InvoiceLine) -> list[InvoiceLine]:
            known = line.issued_at + timedelta(days=2)
            void = replace(line, status="void", recorded_at=known)
            return [replace(line, status="open"), void, self._reissued(line)]

        return self._replaced(
            lines,
            self._pick(lines, "seat"),
            reissued,
            "invoice_turned_void",
            "revision",
            "",
            "open, two days later void and issued again under another number; nothing differs",
        )

    def _voided_at_once(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        return self._replaced(
            lines,
            self._pick(lines, "seat"),
            lambda line: [replace(line, status="void"), self._reissued(line)],
            "void_invoice",
            "loaded",
            "",
            "void from the start and issued again under another number; nothing differs",
        )

    def _service_credit(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        line = self._pick(lines, "seat")
        if line is None:
            return lines
        credit = replace(
            line,
            line_id=str(int(line.line_id) + 50),
            line_type="credit",
            amount=Decimal("-20.00"),
            quantity=None,
            unit_price=None,
            list_unit_price=None,
            description="Service credit",
        )
        at = lines.index(line) + 1
        return self._replaced(
            [*lines[:at], credit, *lines[at:]],
            credit,
            lambda same: [same],
            "service_credit",
            "loaded",
            "missing_in_exports",
            "a credit of 20.00 that no price rule explains",
        )

    def _conflicting_line(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        return self._replaced(
            lines,
            self._pick(lines, "seat"),
            lambda line: [line, replace(line, amount=line.amount + Decimal("39.00"))],
            "conflicting_duplicate",
            "quarantined",
            "conflicting_duplicate",
            "the same line with two amounts: both are held, so it is missing_on_invoice too",
        )

    def _repeated_line(self, lines: list[InvoiceLine]) -> list[InvoiceLine]:
        return self._replaced(
            lines,
            self._pick(lines, "seat"),
            lambda line: [line, line],
            "identical_duplicate",
            "duplicate",
            "",
            "the same line sent twice; one is dropped",
        )


def bad_seat_rows(account: Account, first_event: SeatEvent) -> list[tuple[str, dict[str, str]]]:
    """Reason code and row (by column) of seat rows that cannot be loaded."""
    row = {
        "event_id": "",
        "account_id": account.account_id,
        "subscription_id": first_event.subscription_id,
        "event_type": "add",
        "quantity": "1",
        "effective_at": stamp(first_event.effective_at + timedelta(days=40, hours=9)),
        "user_id": "",
        "role": "member",
        "source": "import",
    }
    changes = (
        ("unknown_value", {"event_type": "seat_added"}),
        ("bad_number", {"quantity": "twelve"}),
        ("bad_time", {"effective_at": "2025-13-40T10:00:00Z"}),
        ("missing_key", {"account_id": ""}),
        ("unknown_account", {"account_id": "acc-none"}),
        (
            "orphan_correction",
            {"event_type": "correction", "quantity": "-1", "corrects_event_id": "se-none"},
        ),
    )
    return [
        (reason, {**row, **change, "event_id": f"se-bad-{number:03d}"})
        for number, (reason, change) in enumerate(changes, start=1)
    ]


def bad_invoice_rows(line: InvoiceLine) -> list[tuple[str, dict[str, object]]]:
    """Reason code and changed columns of invoice rows that cannot be loaded."""
    return [
        ("period_reversed", {"period_start": line.period_end, "period_end": line.period_start}),
        ("bad_number", {"amount": "NaN"}),
        ("unknown_currency", {"currency": "XXZ"}),
        ("bad_time", {"issued_at": "yesterday"}),
    ]


def bad_usage_rows(
    account: Account, window: Window
) -> list[tuple[str, str, str, list[dict[str, str]]]]:
    """Kind, fate, reason and rows of usage that needs more than loading."""
    day = window.month(max(window.months - 5, 0)) + timedelta(days=11)
    row = {
        "account_id": account.account_id,
        "occurred_at": stamp(utc(day, 11)),
        "meter": "resolutions",
        "quantity": "3",
        "user_id": f"u-{account.number:04d}-0001",
        "actor_type": "human",
        "feature": "inbox",
        "outcome_status": "success",
    }
    late = stamp(utc(day + timedelta(days=45), 6))
    soon = stamp(utc(day + timedelta(days=2), 6))
    plants: tuple[tuple[str, str, str, tuple[dict[str, str], ...]], ...] = (
        ("bad_row", "quarantined", "bad_number", ({"quantity": "NaN"},)),
        ("bad_row", "quarantined", "negative_usage", ({"quantity": "-5"},)),
        ("bad_row", "quarantined", "bad_time", ({"occurred_at": "31.02.2026 10:00"},)),
        ("bad_row", "quarantined", "missing_key", ({"meter": ""},)),
        ("bad_row", "quarantined", "unknown_account", ({"account_id": "acc-none"},)),
        (
            "conflicting_duplicate",
            "quarantined",
            "conflicting_duplicate",
            ({"quantity": "4"}, {"quantity": "6"}),
        ),
        ("identical_duplicate", "duplicate", "", ({}, {})),
        (
            "outcome_reopened",
            "revision",
            "",
            ({}, {"reopened_at": stamp(utc(day + timedelta(days=1), 9)), "recorded_at": soon}),
        ),
        *(("late_usage", "loaded", "", ({"recorded_at": late},)) for _ in range(5)),
    )
    return [
        (
            kind,
            fate,
            reason,
            [{**row, **change, "event_id": f"ue-extra-{number:03d}"} for change in changes],
        )
        for number, (kind, fate, reason, changes) in enumerate(plants, start=1)
    ]
