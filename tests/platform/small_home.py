"""A company small enough to read: two accounts, six months, one proposal."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

SETTINGS = """[company]
name = "Small Co"
time_zone = "UTC"
reporting_currency = "USD"
value_meter = "resolutions"
"""

ACCOUNTS = ("acme", "blue")
MONTHS = [date(2026, month, 1) for month in range(1, 7)]
SEATS = 10


def make_small_home(home: Path) -> Path:
    """Write the home; every figure is the same in every month, so that each test can break one."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    _write_exports(home / "exports")
    _write_reference(home / "reference")
    return home


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A plain CSV file with a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_exports(folder: Path) -> None:
    write_csv(
        folder / "accounts.csv",
        ["account_id", "account_name", "segment", "currency", "created_at", "billing_anchor_day"],
        [(name, name.title(), "smb", "USD", "2026-01-01T00:00:00Z", 1) for name in ACCOUNTS],
    )
    write_csv(
        folder / "subscriptions.csv",
        ["subscription_id", "account_id", "plan_id", "started_at", "billing_interval"],
        [(f"sub_{name}", name, "team", "2026-01-01T00:00:00Z", "month") for name in ACCOUNTS],
    )
    write_csv(
        folder / "seat_events.csv",
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
        [
            (
                f"{name}_{seat}",
                name,
                "add",
                1,
                "2026-01-01T00:00:00Z",
                f"{name}_u{seat}",
                "member",
                f"sub_{name}",
            )
            for name in ACCOUNTS
            for seat in range(SEATS)
        ],
    )
    write_csv(
        folder / "usage_events.csv",
        ["event_id", "account_id", "occurred_at", "meter", "quantity", "user_id", "actor_type"],
        [
            (
                f"{name}_{month}_{day}",
                name,
                f"{month + timedelta(days=day)}T12:00:00Z",
                "resolutions",
                5,
                f"{name}_u{day % SEATS}",
                "human",
            )
            for name in ACCOUNTS
            for month in MONTHS
            for day in range(28)
        ],
    )
    write_csv(
        folder / "invoice_lines.csv",
        [
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
        ],
        [
            (
                f"in_{name}_{month}",
                "1",
                name,
                f"{month}T00:00:00Z",
                month,
                _next(month),
                "390.00",
                "USD",
                "seat",
                SEATS,
                "39.00",
                "team",
                f"sub_{name}",
                "paid",
            )
            for name in ACCOUNTS
            for month in [*MONTHS, date(2026, 7, 1)]
        ],
    )


def _write_reference(folder: Path) -> None:
    write_csv(
        folder / "plans.csv",
        [
            "plan_id",
            "plan_name",
            "family",
            "currency",
            "billing_interval",
            "proration",
            "billable_roles",
        ],
        [
            ("team", "Team", "per_seat", "USD", "month", "by_day", "member"),
            ("outcome", "Outcome", "outcome", "USD", "month", "none", "member"),
        ],
    )
    write_csv(
        folder / "charges.csv",
        [
            "charge_id",
            "plan_id",
            "valid_from",
            "charge_name",
            "meter",
            "timing",
            "role",
            "pricing",
            "unit_amount",
        ],
        [
            (
                "seat_team",
                "team",
                "2025-01-01",
                "Seats",
                "seats",
                "advance",
                "member",
                "per_unit",
                "39.00",
            ),
            (
                "work",
                "outcome",
                "2025-01-01",
                "Resolutions",
                "resolutions",
                "arrears",
                "",
                "per_unit",
                "2.50",
            ),
        ],
    )
    write_csv(
        folder / "scenarios.csv",
        ["scenario_id", "scenario_name", "proposed_on", "plan_id"],
        [("outcome", "Outcome", "2026-01-01", "outcome")],
    )


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
