"""Generates a home: exports, reference files, settings and a manifest of planted faults."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice
from pathlib import Path

import pyarrow as pa

from orchestration.generate.accounts import Account, Subscription, make_accounts
from orchestration.generate.billing import InvoiceLine, bill
from orchestration.generate.calendar import Window, stamp, utc
from orchestration.generate.faults import (
    Fault,
    Planter,
    bad_invoice_rows,
    bad_seat_rows,
    bad_usage_rows,
)
from orchestration.generate.files import (
    RowFile,
    content_hash,
    row_file,
    write_rows,
    write_text,
)
from orchestration.generate.notes import readme, settings_text
from orchestration.generate.reference import cost_rates, exchange_rates, write_reference
from orchestration.generate.seats import SeatEvent, SeatMaker
from orchestration.generate.story import SEGMENTS, STORIES, course_of
from orchestration.generate.usage import COLUMNS, UsagePlan, UsageWriter, as_text
from orchestration.generate.voices import ANSWERS, TICKETS, answers, tickets
from orchestration.platform.errors import RequestError, SeatshiftError
from orchestration.platform.progress import say

# default number of usage rows per account and month
USUAL_ROWS = 100

# with more events than this, every month is Parquet: compressed text takes minutes
MOST_EVENTS_IN_CSV = 2_000_000
CSV_MONTHS = 10

LEAST_MONTHS, MOST_MONTHS = 3, 120
RESENT_ROWS = 200

SEAT_COLUMNS = tuple(field.name for field in fields(SeatEvent) if field.name != "is_billed")
LINE_COLUMNS = tuple(field.name for field in fields(InvoiceLine))
ACCOUNT_COLUMNS = (
    "account_id",
    "account_name",
    "segment",
    "region",
    "country",
    "industry",
    "currency",
    "created_at",
    "churned_at",
    "renewal_date",
    "billing_anchor_day",
    "plan_id",
    "billing_entity",
    "trial_started_at",
    "trial_converted_at",
    "account_owner",
)
SUBSCRIPTION_COLUMNS = (
    "subscription_id",
    "account_id",
    "plan_id",
    "started_at",
    "ended_at",
    "billing_interval",
    "renewal_date",
)
ENTITIES = {"USD": "Harbordesk Inc.", "EUR": "Harbordesk GmbH", "JPY": "Harbordesk KK"}


@dataclass(frozen=True)
class Manifest:
    """What was generated: the request, the rows of each file, and every planted fault."""

    seed: int
    accounts: int
    months: int
    events: int
    story: str
    as_of: str
    rows: dict[str, int]
    hashes: dict[str, str]
    faults: tuple[Fault, ...]

    def text(self) -> str:
        return (
            json.dumps(
                {
                    "seed": self.seed,
                    "accounts": self.accounts,
                    "months": self.months,
                    "events": self.events,
                    "story": self.story,
                    "as_of": self.as_of,
                    "files": [
                        {"path": path, "rows": rows, "content_sha256": self.hashes[path]}
                        for path, rows in sorted(self.rows.items())
                    ],
                    "faults": [fault.described() for fault in self.faults],
                },
                indent=1,
            )
            + "\n"
        )


def generate(
    out: Path, *, accounts: int, months: int, events: int | None, seed: int, story: str
) -> Manifest:
    """Write a home of an AI support vendor into `out`; the same arguments give the same bytes.

    `events` is the number of usage rows before planted ones (none: about a hundred for each
    account and month). Files of the same name are replaced, others left alone. RequestError for
    sizes that cannot be made, SeatshiftError where the folder cannot be written.
    """
    request = _checked(accounts, months, events, story)
    try:
        return _written(out, accounts, months, request, seed, story)
    except OSError as error:
        raise SeatshiftError(
            f"{error.filename or out} cannot be written ({error.strerror or error}); "
            "give a writable folder with enough space."
        ) from None


def _written(out: Path, accounts: int, months: int, events: int, seed: int, story: str) -> Manifest:
    window = Window.ending(months)
    courses = {segment.name: course_of(segment.name, months, story) for segment in SEGMENTS}
    customers = make_accounts(accounts, window, seed)
    planter = Planter(customers, window)
    plan = UsagePlan(window, seed, courses)
    exports = out / "exports"

    say(f"Generating {accounts:,} accounts over {months} months ...")
    with (
        row_file(exports / "seat_events.csv", SEAT_COLUMNS) as seat_file,
        row_file(exports / "invoice_lines.csv", LINE_COLUMNS) as line_file,
    ):
        for account in customers:
            history = SeatMaker(account, courses[account.segment.name], window, seed).make()
            seat_events = planter.spoil_seats(account, history.events)
            for event in seat_events:
                seat_file.add(_seat_row(event))
            lines = planter.spoil_lines(account, bill(account, seat_events, window, seed))
            for line in lines:
                line_file.add(_line_row(line))
            plan.add(account, history.tenures)
            if account is customers[0]:
                examples = (account, seat_events, lines[0])
        faults = list(planter.faults)
        faults += _spoil_seat_file(seat_file, *examples[:2])
        faults += _spoil_line_file(line_file, examples[2])
    plan.close()
    rows = {seat_file.path: seat_file.count, line_file.path: line_file.count}
    rows |= _write_customers(out, customers, window, seed)
    faults += _resend_tickets(exports)
    rows[exports / "support_tickets" / "tickets_resent.csv"] = rows[
        exports / "support_tickets" / "tickets.csv"
    ]

    say(f"Generating {events:,} usage rows ...")
    folder = exports / "usage_events"
    csv_months = min(CSV_MONTHS, months - 1) if events <= MOST_EVENTS_IN_CSV else 0
    rows |= UsageWriter(plan, window, folder, csv_months).write(events)
    more, planted = _spoil_usage(folder, plan, window, events, customers[0])
    rows |= more
    faults += planted
    write_text(out / "settings.toml", settings_text())
    write_text(out / "README.md", readme(accounts, months, events, seed, story))
    named = {path.relative_to(out).as_posix(): path for path in rows}
    manifest = Manifest(
        seed=seed,
        accounts=accounts,
        months=months,
        events=events,
        story=story,
        as_of=stamp(window.as_of),
        rows={name: rows[path] for name, path in named.items()},
        hashes={name: content_hash(path) for name, path in named.items()},
        faults=tuple(faults),
    )
    write_text(out / "manifest.json", manifest.text())
    return manifest


def _checked(accounts: int, months: int, events: int | None, story: str) -> int:
    if accounts < len(SEGMENTS):
        raise RequestError(
            f"--accounts is {accounts}; give at least {len(SEGMENTS)}, one for each segment."
        )
    if not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise RequestError(f"--months is {months}; give {LEAST_MONTHS} to {MOST_MONTHS}.")
    if story not in STORIES:
        raise RequestError(f"--story is {story!r}; use one of {', '.join(STORIES)}.")
    if events is None:
        return accounts * months * USUAL_ROWS
    if events < 1:
        raise RequestError(f"--events is {events}; give at least 1.")
    return events


def _seat_row(event: SeatEvent) -> list[object]:
    # an empty recorded_at means that it was known when it took effect
    recorded = "" if event.recorded_at == event.effective_at else stamp(event.recorded_at)
    values = {**vars(event), "effective_at": stamp(event.effective_at), "recorded_at": recorded}
    return [values[name] for name in SEAT_COLUMNS]


def _line_row(line: InvoiceLine) -> list[object]:
    recorded = None if line.recorded_at is None else stamp(line.recorded_at)
    values = {**vars(line), "issued_at": stamp(line.issued_at), "recorded_at": recorded}
    return [values[name] for name in LINE_COLUMNS]


def _account_row(account: Account, window: Window) -> list[object]:
    last = account.subscriptions[-1]
    trial = None if account.trial_days is None else stamp(account.created_at)
    start = stamp(utc(account.subscriptions[0].start))
    return [
        account.account_id,
        account.name,
        account.segment.name,
        account.region,
        account.country,
        account.industry,
        account.currency,
        stamp(account.created_at),
        None if last.end is None else stamp(utc(last.end)),
        _renewal(account, window),
        account.subscriptions[0].start.day,
        account.plan.plan_id,
        ENTITIES[account.currency],
        trial,
        None if trial is None else start,
        account.owner,
    ]


def _renewal(account: Account, window: Window) -> date | None:
    """The first day of the next period; None if the account has left."""
    last = account.subscriptions[-1]
    if last.end is not None:
        return None
    return last.period_of(max(window.end, last.start))[1]


def _subscription_row(account: Account, one: Subscription, window: Window) -> list[object]:
    return [
        one.subscription_id,
        account.account_id,
        one.plan.plan_id,
        stamp(utc(one.start)),
        None if one.end is None else stamp(utc(one.end)),
        account.interval,
        None if one.end is not None else _renewal(account, window),
    ]


def _write_customers(
    out: Path, customers: Sequence[Account], window: Window, seed: int
) -> dict[Path, int]:
    """Everything except seats, invoices and usage."""
    exports = out / "exports"
    tables: tuple[tuple[str, Sequence[str], Iterator[list[object]]], ...] = (
        ("accounts.csv", ACCOUNT_COLUMNS, (_account_row(one, window) for one in customers)),
        (
            "subscriptions.csv",
            SUBSCRIPTION_COLUMNS,
            (
                _subscription_row(account, one, window)
                for account in customers
                for one in account.subscriptions
            ),
        ),
        (
            "support_tickets/tickets.csv",
            TICKETS,
            (row for account in customers for row in tickets(account, window, seed)),
        ),
        (
            "survey_responses.csv",
            ANSWERS,
            (row for account in customers for row in answers(account, window, seed)),
        ),
        ("cost_rates.csv", ("meter", "valid_from", "unit_cost", "dimension"), cost_rates(window)),
        (
            "exchange_rates.csv",
            ("currency", "valid_from", "rate"),
            exchange_rates(window, seed),
        ),
    )
    rows = {
        exports / name: write_rows(exports / name, header, made) for name, header, made in tables
    }
    return rows | write_reference(out / "reference", customers)


def _spoil_seat_file(target: RowFile, account: Account, events: list[SeatEvent]) -> list[Fault]:
    """Rows that cannot be loaded, then one that was sent twice."""
    faults = []
    for reason, row in bad_seat_rows(account, events[0]):
        target.add([row.get(name) for name in SEAT_COLUMNS])
        faults.append(
            Fault(
                kind="orphan_correction" if reason == "orphan_correction" else "bad_row",
                export="seat_events",
                file="exports/seat_events.csv",
                ids=(row["event_id"],),
                account_id=row["account_id"],
                fate="quarantined",
                reason=reason,
                note="",
            )
        )
    target.add(_seat_row(events[0]))
    faults.append(
        Fault(
            kind="identical_duplicate",
            export="seat_events",
            file="exports/seat_events.csv",
            ids=(events[0].event_id,),
            account_id=account.account_id,
            fate="duplicate",
            reason="",
            note="the same row again at the file's end; one is dropped",
        )
    )
    return faults


def _spoil_line_file(target: RowFile, line: InvoiceLine) -> list[Fault]:
    faults = []
    for number, (reason, change) in enumerate(bad_invoice_rows(line), start=1):
        invoice = f"inv-bad-{number:03d}"
        row = dict(zip(LINE_COLUMNS, _line_row(line), strict=True)) | change
        row |= {"invoice_id": invoice}
        target.add([row[name] for name in LINE_COLUMNS])
        faults.append(
            Fault(
                kind="bad_row",
                export="invoice_lines",
                file="exports/invoice_lines.csv",
                ids=(f"{invoice}/{line.line_id}",),
                account_id=line.account_id,
                fate="quarantined",
                reason=reason,
                note="",
            )
        )
    return faults


def _resend_tickets(exports: Path) -> list[Fault]:
    folder = exports / "support_tickets"
    write_text(folder / "tickets_resent.csv", (folder / "tickets.csv").read_text(encoding="utf-8"))
    return [
        Fault(
            kind="resent_file",
            export="support_tickets",
            file="exports/support_tickets/tickets_resent.csv",
            ids=(),
            account_id="",
            fate="duplicate",
            reason="",
            note="the same bytes under another name; it contains nothing new",
        )
    ]


def _spoil_usage(
    folder: Path, plan: UsagePlan, window: Window, events: int, account: Account
) -> tuple[dict[Path, int], list[Fault]]:
    """A file that repeats the last month's first rows, and one with hand-written rows."""
    resent = folder / "usage_resent.csv"
    table = next(islice(plan.batches_of(window.months - 1, events), 1), None)
    repeated = [] if table is None else _texts(table.slice(0, RESENT_ROWS))
    rows = {resent: write_rows(resent, COLUMNS, repeated)}
    faults = [
        Fault(
            kind="resent_rows",
            export="usage_events",
            file="exports/usage_events/usage_resent.csv",
            ids=tuple(str(row[0]) for row in repeated),
            account_id="",
            fate="duplicate",
            reason="",
            note="rows of the last month sent again in another format; all are dropped",
        )
    ]
    by_hand = folder / "usage_by_hand.csv"
    plants = bad_usage_rows(account, window)
    rows[by_hand] = write_rows(
        by_hand,
        COLUMNS,
        ([row.get(name) for name in COLUMNS] for *_, made in plants for row in made),
    )
    for kind, fate, reason, made in plants:
        faults.append(
            Fault(
                kind=kind,
                export="usage_events",
                file="exports/usage_events/usage_by_hand.csv",
                ids=tuple(dict.fromkeys(row["event_id"] for row in made)),
                account_id=made[0]["account_id"],
                fate=fate,
                reason=reason,
                note="recorded 45 days after the work" if kind == "late_usage" else "",
            )
        )
    return rows, faults


def _texts(table: pa.Table) -> list[list[object]]:
    return [list(row.values()) for row in as_text(table).to_pylist()]
