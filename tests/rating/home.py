"""Cases as a home: settings, exports and reference files, as a company would have them."""

import csv
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from tests.rating.book import Case, Setting

Row = dict[str, Any]
Tables = dict[str, Callable[[Case], Iterable[Row]]]


def write_home(
    cases: Sequence[Case], setting: Setting, folder: Path
) -> list[tuple[str, str, Path]]:
    """Write every case's rows; gives (schema, table, file) for a warehouse loaded directly."""
    (folder / "reference").mkdir(parents=True)
    (folder / "exports").mkdir()
    (folder / "settings.toml").write_text(
        f'[company]\nname = "Cases"\ntime_zone = "{setting.time_zone}"\n'
        'reporting_currency = "USD"\nvalue_meter = "resolutions"\n'
        f"[windows]\noutcome_reopen_hours = {setting.reopen_hours}\n",
        encoding="utf-8",
    )
    files = []
    for schema, place, tables in (
        ("raw", "exports", EXPORTS),
        ("reference", "reference", REFERENCE),
    ):
        for table, rows_of in tables.items():
            rows = list(chain.from_iterable(map(rows_of, cases)))
            if rows:
                path = folder / place / f"{table}.csv"
                _write(path, rows)
                files.append((schema, table, path))
    return files


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), restval="")
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fields(item: Any, **more: object) -> Row:
    return {**more, **{f.name: getattr(item, f.name) for f in dataclasses.fields(item)}}


def _accounts(case: Case) -> Iterator[Row]:
    yield {
        "account_id": case.account_id,
        "segment": case.segment,
        "currency": case.plans[0].currency,
        "billing_anchor_day": case.billing_anchor_day,
        "created_at": min(s.started_at for s in case.subscriptions),
    }


def _owned(items: Iterable[Any], case: Case) -> Iterator[Row]:
    return (_fields(item, account_id=case.account_id) for item in items)


def _plans(case: Case) -> Iterator[Row]:
    for plan in case.plans:
        yield _fields(plan, plan_name=plan.plan_id, family="hybrid")


def _charges(case: Case) -> Iterator[Row]:
    for charge in case.charges:
        row = _fields(charge, charge_name=charge.charge_id)
        del row["tiers"], row["leaves_out"]
        yield row


def _tiers(case: Case) -> Iterator[Row]:
    for charge in case.charges:
        for number, tier in enumerate(charge.tiers, start=1):
            yield _fields(
                tier, charge_id=charge.charge_id, valid_from=charge.valid_from, tier=number
            )


def _scenarios(case: Case) -> Iterator[Row]:
    if case.proposal:
        yield _fields(
            case.proposal, scenario_name=case.proposal.scenario_id, account_id=case.account_id
        )


EXPORTS: Tables = {
    "accounts": _accounts,
    "subscriptions": lambda case: _owned(case.subscriptions, case),
    "seat_events": lambda case: _owned(case.seats, case),
    "usage_events": lambda case: _owned(case.usage, case),
}
REFERENCE: Tables = {
    "plans": _plans,
    "charges": _charges,
    "tiers": _tiers,
    "contract_prices": lambda case: _owned(case.prices, case),
    "discounts": lambda case: (_fields(discount) for discount in case.discounts),
    "scenarios": _scenarios,
}
