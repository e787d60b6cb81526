"""A change to try in a price book, parsed once: a cell with another value, or a whole row.

`charges.seat.unit_amount=29` sets a cell of the newest version of the charge `seat`,
`charges.seat@2026-01-01.unit_amount=29` of the version valid from that day; a text without a value,
`plans.team.minimum_amount=`, clears it. Keys of several parts are written one after the other:
`tiers.messages.2.unit_amount`, `contract_prices.acme.seat.discount_ratio`.

`add tiers.messages: up_to=5000, unit_amount=0.02` adds a tier to the charge `messages`, and
`remove tiers.messages.2` removes one; `add charges.calls: plan_id=hybrid, charge_name=Calls,
meter=calls, pricing=per_unit, unit_amount=0.1` adds a charge to a plan.

Whether the price book has such a row and column is checked where the change is applied
(`changed_book`).
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestration.platform.errors import RequestError

ADD, REMOVE = "add ", "remove "
CHARGES, TIERS = "charges", "tiers"


@dataclass(frozen=True)
class CellChange:
    """One cell set to a value, or cleared; `key` may name a version, `seat@2026-01-01`."""

    table: str
    key: str
    column: str
    value: str | None

    @property
    def target(self) -> str:
        """The cell as users write it."""
        return ".".join(part for part in (self.table, self.key, self.column) if part)

    def __str__(self) -> str:
        return f"{self.target}={self.value or ''}"


@dataclass(frozen=True)
class RowChange:
    """One row added, with its values, or removed; `key` names the charge, or the tier."""

    is_added: bool
    table: str
    key: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        target = f"{self.table}.{self.key}"
        if not self.is_added:
            return f"{REMOVE}{target}"
        text = io.StringIO()
        values = [f"{name}={value}" for name, value in self.values.items()]
        csv.writer(text, lineterminator="").writerow(values)
        return f"{ADD}{target}: {text.getvalue()}"


Change = CellChange | RowChange


def parse_changes(texts: Iterable[str]) -> list[Change]:
    """Every text as a change; RequestError, one sentence, for the first that is not one."""
    return [parse_change(text) for text in texts]


def parse_change(text: str) -> Change:
    """A text as a change; RequestError, one sentence, if it is not one."""
    return parse_row(text) if is_of_row(text) else _parse_cell(text)


def is_of_row(text: str) -> bool:
    """Whether a text adds or removes a row; any other sets a cell."""
    return text.startswith((ADD, REMOVE))


def cell_at(target: str, value: str | None = None) -> CellChange:
    """The cell that `table.key.column` names; a tier may be written below its charge.

    `charges.messages.tiers.2.unit_amount` is `tiers.messages.2.unit_amount`.
    """
    table, _, rest = target.strip().partition(".")
    key, _, column = rest.rpartition(".")
    owner, tiers, tier = key.rpartition(".tiers.")
    if table == CHARGES and tiers:
        table, key = TIERS, f"{owner}.{tier}"
    return CellChange(table, key, column, value)


def _parse_cell(text: str) -> CellChange:
    target, sign, value = text.partition("=")
    if not sign:
        raise RequestError(
            f"{text!r} changes nothing: write table.key.column=value, "
            "such as charges.seat.unit_amount=29."
        )
    return cell_at(target, value.strip() or None)


def parse_row(text: str) -> RowChange:
    """A text that adds or removes a row; RequestError, one sentence, if it is not one."""
    is_added = text.startswith(ADD)
    target, _, written = text.removeprefix(ADD).removeprefix(REMOVE).partition(": ")
    table, _, key = target.strip().partition(".")
    if table not in (CHARGES, TIERS) or not key:
        raise RequestError(
            f"{text!r} is not a row to add or remove: a what-if adds and removes rows of charges "
            "and tiers, such as `add tiers.messages: up_to=5000, unit_amount=0.02`."
        )
    if is_added != bool(written.strip()):
        found = "has values" if written.strip() else "has no values for the row"
        raise RequestError(
            f"{text!r} {found}: write `add {target}: column=value, column=value`, "
            f"or `remove {target}`."
        )
    values = {}
    for part in next(csv.reader([written], skipinitialspace=True), []):
        column, sign, value = part.partition("=")
        if not sign:
            raise RequestError(f"{text!r}: write {part.strip()!r} as column=value.")
        values[column.strip()] = value.strip()
    return RowChange(is_added, table, key, values)
