"""Rows of a price book that a what-if adds or removes: tiers and charges.

A new tier splits the charge's tier at its `up_to`; if a tier is removed, the next one begins where
it began. Tiers are those of the charge's newest version, or of the one valid from a day:
`tiers.messages@2026-01-01`.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from orchestration.ingest.cast import SCALES
from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.read import nearest
from orchestration.ingest.reference import cell_fault
from orchestration.ingest.reference_rows import Row
from orchestration.ingest.specs import Column
from orchestration.platform.errors import RequestError
from orchestration.whatif.change import CHARGES, REMOVE, TIERS, RowChange

# rows of these tables belong to a charge and are removed with it
OF_CHARGES = (TIERS, "contract_prices")
VERSION = re.compile(r"@(\d{4}-\d{2}-\d{2})$")


def with_rows(book: Tables, changes: Sequence[RowChange]) -> Tables:
    """The book with rows added and removed, one change after the other.

    Raises RequestError, with one sentence, if a change names nothing that exists or has an invalid
    value.
    """
    # a new charge of a plan is valid from the plan's first day
    starts: dict[str, str] = {}
    for row in book[CHARGES]:
        start = row.text("valid_from")
        starts[row.text("plan_id")] = min(start, starts.get(row.text("plan_id"), start))
    for change in changes:
        if change.table == TIERS:
            book = _with_tier(book, change) if change.is_added else _without_tier(book, change)
        elif change.is_added:
            book = _with_charge(book, change, starts)
        else:
            book = _without_charge(book, change)
    return book


def ladder(book: Tables, key: str) -> list[Row]:
    """The tiers of a charge in order: those of its newest version, or of the given day."""
    version = VERSION.search(key)
    owner = VERSION.sub("", key)
    found = [row for row in book[TIERS] if row.text("charge_id") == owner]
    days = {row.text("valid_from") for row in found}
    wanted = version.group(1) if version else max(days, default="")
    return sorted(
        (row for row in found if row.text("valid_from") == wanted),
        key=lambda row: int(row.text("tier")),
    )


def cut(tiers: Sequence[Row], up_to: str) -> int:
    """The position of the tier that a tier ending at this quantity splits."""
    end = Decimal(up_to)
    return next(
        (
            place
            for place, row in enumerate(tiers)
            if row.values["up_to"] is None or Decimal(row.text("up_to")) > end
        ),
        len(tiers),
    )


def short(column: Column, text: str | None) -> str | None:
    """A number without trailing zeros; any other text unchanged."""
    if text is not None and column.kind in SCALES:
        return f"{Decimal(text).normalize():f}"
    return text


def _with_tier(book: Tables, change: RowChange) -> Tables:
    charge = _charge(book, change.key)
    tiers = ladder(book, change.key)
    version = VERSION.search(change.key)
    start = tiers[0].text("valid_from") if tiers else charge.text("valid_from")
    values = _values(change, {"charge_id", "valid_from", "tier"})
    values |= {
        "charge_id": charge.text("charge_id"),
        "valid_from": version.group(1) if version else start,
    }
    up_to = values["up_to"]
    if up_to in {row.values["up_to"] for row in tiers}:
        where = f"at {up_to}" if up_to is not None else "without an upper bound"
        raise RequestError(
            f"{TIERS}.{change.key} has a tier {where} already: change its price, or write another "
            "up_to."
        )
    place = cut(tiers, up_to) if up_to is not None else len(tiers)
    tiers.insert(place, Row(f"{TIERS}.csv", _next_line(book, TIERS), values))
    return _with_ladder(book, tiers)


def _without_tier(book: Tables, change: RowChange) -> Tables:
    key, _, number = change.key.rpartition(".")
    if not key:
        raise RequestError(
            f"`{change}` names no tier: write `{REMOVE}{TIERS}.CHARGE.NUMBER`, such as "
            f"`{REMOVE}{TIERS}.messages.2`."
        )
    charge = _charge(book, key)
    tiers = ladder(book, key)
    place = next((at for at, row in enumerate(tiers) if row.text("tier") == number), None)
    if place is None:
        known = ", ".join(row.text("tier") for row in tiers) or "none"
        raise RequestError(f"{TIERS}.{key} has no tier {number!r}; it has {known}.")
    gone = tiers.pop(place)
    if not tiers:
        raise RequestError(
            f"{TIERS}.{key} has only one tier: remove the charge, or set its pricing to "
            "per_unit with a unit_amount."
        )
    if gone.values["up_to"] is None:
        last = tiers[-1]
        tiers[-1] = Row(last.file, last.line, {**last.values, "up_to": None})
    return _with_ladder(book, tiers, charge.text("charge_id"), gone.text("valid_from"))


def _with_ladder(
    book: Tables, tiers: Sequence[Row], owner: str | None = None, start: str | None = None
) -> Tables:
    """The book with the charge's tiers replaced by these, renumbered."""
    owner = owner or tiers[0].text("charge_id")
    start = start or tiers[0].text("valid_from")
    numbered = [
        Row(row.file, row.line, {**row.values, "tier": str(number)})
        for number, row in enumerate(tiers, start=1)
    ]
    others: list[Row] = []
    place: int | None = None
    for row in book[TIERS]:
        if row.text("charge_id") == owner and row.text("valid_from") == start:
            place = len(others) if place is None else place
        else:
            others.append(row)
    place = len(others) if place is None else place
    return {**book, TIERS: [*others[:place], *numbered, *others[place:]]}


def _with_charge(book: Tables, change: RowChange, starts: Mapping[str, str]) -> Tables:
    taken = {row.text("charge_id") for row in book[CHARGES]}
    if change.key in taken:
        raise RequestError(
            f"{CHARGES}.csv has a charge {change.key!r} already: change its values, or write "
            "another name."
        )
    values = _values(change, {"charge_id"})
    plans = [row.text("plan_id") for row in book["plans"]]
    plan_id = values["plan_id"]
    if plan_id not in plans:
        said = f"has no plan {plan_id!r}" if plan_id else "needs a plan_id"
        raise RequestError(
            f"{CHARGES}.{change.key} {said}; "
            f"{nearest(plan_id or '', plans, 'plan', 'plans.csv has')}."
        )
    values |= {
        "charge_id": change.key,
        "valid_from": values["valid_from"] or starts.get(plan_id),
    }
    for column in REFERENCE[CHARGES].columns:
        fault = cell_fault(column, values[column.name])
        if fault is not None:
            raise RequestError(f"{CHARGES}.{change.key}: {column.name} {fault}.")
    added = Row(f"{CHARGES}.csv", _next_line(book, CHARGES), values)
    return {**book, CHARGES: [*book[CHARGES], added]}


def _without_charge(book: Tables, change: RowChange) -> Tables:
    charge_id = _charge(book, change.key).text("charge_id")
    return {
        name: [row for row in rows if row.values["charge_id"] != charge_id]
        if name in (CHARGES, *OF_CHARGES)
        else rows
        for name, rows in book.items()
    }


def _charge(book: Tables, key: str) -> Row:
    """The charge in its newest version."""
    owner = VERSION.sub("", key)
    found = [row for row in book[CHARGES] if row.text("charge_id") == owner]
    if not found:
        known = sorted({row.text("charge_id") for row in book[CHARGES]})
        raise RequestError(
            f"{CHARGES}.csv has no charge {owner!r}; {nearest(owner, known, 'one', 'it has')}."
        )
    return max(found, key=lambda row: row.text("valid_from"))


def _values(change: RowChange, named: set[str]) -> dict[str, str | None]:
    """The row's values by column; the columns of its key come from the key."""
    spec = REFERENCE[change.table]
    columns = {column.name: column for column in spec.columns}
    free = [name for name in columns if name not in named]
    for name, text in change.values.items():
        if name not in free:
            raise RequestError(
                f"{change.table}.{change.key}: {change.table}.csv has no column {name!r} "
                "to write here; "
                f"{nearest(name, free, 'one', 'it has')}."
            )
        fault = cell_fault(columns[name], text or None)
        if fault is not None:
            raise RequestError(f"{change.table}.{change.key}: {name} {fault}.")
    return {
        name: short(column, change.values.get(name) or column.default)
        for name, column in columns.items()
    }


def _next_line(book: Tables, table: str) -> int:
    return max((row.line for row in book[table]), default=1) + 1
