"""Rows for reference/ids.csv that match the ids of other systems to accounts."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.connect.questions import Question
from orchestration.ingest.ids import IDS, read_ids
from orchestration.ingest.land import land_export
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.unknown_accounts import unknown_accounts
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings


@dataclass(frozen=True)
class IdRows:
    """Rows for the ids of one system; `question` is None if every unknown id is matched."""

    system: str
    findings: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    question: Question | None


def propose_ids(trial: Settings) -> list[IdRows]:
    """The rows that are missing, by system; `trial` is the home with its derived state elsewhere.

    An id that several files give to different accounts is left out.
    """
    for name in EXPORTS:
        try:
            land_export(trial, name)
        except InputError:
            continue  # what is missing or rejected is for `check` to say
    listed = {(row.text("system"), row.text("external_id")) for row in read_ids(trial)}
    by_system: dict[str, list[tuple[str, dict[str, str], bool]]] = {}
    for one in unknown_accounts(trial, more_than=0):
        if one.system is None or one.column is None:
            continue
        pairs = {key: value for key, value in one.column.pairs if (one.system, key) not in listed}
        is_whole = len(one.column.pairs) == len(one.unknown)
        if pairs:
            by_system.setdefault(one.system, []).append((one.finding, pairs, is_whole))
    return [_rows(system, found) for system, found in sorted(by_system.items())]


def write_ids(settings: Settings, system: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Add the rows to ids.csv below those that it has."""
    path = settings.reference / "ids.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    header = _header(path)
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    with path.open("a", encoding="utf-8", newline="") as stream:
        if text and not text.endswith("\n"):
            stream.write("\n")
        writer = csv.DictWriter(stream, header, lineterminator="\n")
        if not text:
            writer.writeheader()
        for external_id, account_id in pairs:
            writer.writerow(
                {"account_id": account_id, "system": system, "external_id": external_id}
            )


def _rows(system: str, found: list[tuple[str, dict[str, str], bool]]) -> IdRows:
    accounts: dict[str, set[str]] = {}
    for _, pairs, _ in found:
        for external_id, account_id in pairs.items():
            accounts.setdefault(external_id, set()).add(account_id)
    single = sorted((key, next(iter(ids))) for key, ids in accounts.items() if len(ids) == 1)
    is_whole = all(whole for _, _, whole in found) and len(single) == len(accounts)
    text = f"not every id of {system} is matched; write the {len(single)} that are?"
    question = None if is_whole else Question(system, "ids", text, ("yes", "no"))
    return IdRows(system, tuple(finding for finding, _, _ in found), tuple(single), question)


def _header(path: Path) -> list[str]:
    """The columns in the file's order."""
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for cells in csv.reader(stream):
                if cells and not cells[0].lstrip().startswith("#"):
                    return [cell.strip() for cell in cells]
    return [column.name for column in IDS.columns]
