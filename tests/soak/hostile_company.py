"""The small company with hostile texts wherever a text of people's stands."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from tests.platform.small_home import MONTHS, SEATS, write_csv
from tests.soak import companies

ACCOUNTS = [
    "account_id",
    "account_name",
    "segment",
    "region",
    "country",
    "industry",
    "currency",
    "created_at",
    "billing_anchor_day",
    "account_owner",
]


def account_id(texts: Sequence[str], number: int) -> str:
    """Ids are texts of people's as well: half of the accounts have hostile ones."""
    return f"{texts[number]} {number}" if number % 2 else f"acc{number}"


def hostile(home: Path, texts: Sequence[str], files: Sequence[str]) -> Path:
    """Each text names an account, its segment, region, owner, users and invoices.

    The files are names of usage exports, which share the accounts' usage out.
    """
    companies.first(home)
    names = [account_id(texts, number) for number in range(len(texts))]
    exports = home / "exports"
    write_csv(exports / "accounts.csv", ACCOUNTS, map(_account, names, texts))
    write_csv(
        exports / "subscriptions.csv",
        companies.SUBSCRIPTIONS,
        [companies.subscription(str(number), name) for number, name in enumerate(names)],
    )
    write_csv(
        exports / "seat_events.csv",
        companies.SEAT_EVENTS,
        [
            companies.seat_event(
                name, f"{number}_{seat}", f"{texts[number]} {seat}", name=str(number)
            )
            for number, name in enumerate(names)
            for seat in range(SEATS)
        ],
    )
    write_csv(
        exports / "invoice_lines.csv",
        companies.INVOICES,
        [
            companies.invoice(
                name,
                f"{texts[number]} in{number}_{month}",
                month,
                name=str(number),
                text=texts[number],
            )
            for number, name in enumerate(names)
            for month in MONTHS
        ],
    )
    _usage(exports, names, texts, files)
    _reference(home, texts[0])
    return home


def _account(name: str, text: str) -> companies.Line:
    # a segment named all is refused: that name means every account
    segment = f"{text}!" if text.strip().lower() == "all" else text
    return (name, text, segment, text, text, text, "USD", companies.START, 1, text)


def _usage(exports: Path, names: Sequence[str], texts: Sequence[str], files: Sequence[str]) -> None:
    (exports / "usage_events.csv").unlink()
    for place, file in enumerate(files):
        rows = [companies.usage(f"bad {file}", f"nobody {file}", "soon", "many", file)]
        for number in range(place, len(names), len(files)):
            quantity = 5 + number % 7
            user = f"{texts[number]} "
            rows += companies.year_of_usage(str(number), names[number], quantity, user)
        write_csv(exports / "usage_events" / f"{file}.csv", companies.USAGE, rows)


def _reference(home: Path, text: str) -> None:
    """The proposal's plan, its charge and the company are named by the text."""
    for name in ("plans", "charges", "scenarios"):
        path = home / "reference" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as source:
            header, *lines = csv.reader(source)
        named = ("Outcome", "Resolutions")
        write_csv(
            path, header, [[text if cell in named else cell for cell in line] for line in lines]
        )
    (home / "settings.toml").write_text(
        f'[company]\nname = {json.dumps(text)}\ntime_zone = "UTC"\n'
        'reporting_currency = "USD"\nvalue_meter = "resolutions"\n',
        encoding="utf-8",
    )
