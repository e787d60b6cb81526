"""Which export a file is taken for, by its headers."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.connect.columns import without_zone
from orchestration.ingest import mapping
from orchestration.ingest.headers import by_column, normalised
from orchestration.ingest.mapping import Source, shipped_names, shipped_sources
from orchestration.ingest.rows import KNOWLEDGE
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import Settings

SYNONYMS = Path(mapping.__file__).parent / "defaults" / "header_synonyms.csv"
# columns that a mapping can make if a file lacks them
MADE = {"usage_events": ("event_id", "meter")}
# a file with fewer known columns may be anything
CLEAR = 3


@dataclass(frozen=True)
class Match:
    """What a file may be: files of a shipped mapping's source, or an export on its own.

    `name` is that of the mapping or export. `headers` are those that speak for it; `columns` are
    an export's, with the headers that stand for them.
    """

    name: str
    is_mapping: bool
    is_certain: bool
    headers: tuple[str, ...]
    columns: dict[str, str]


@cache
def known_sources(settings: Settings) -> dict[str, dict[str, Source]]:
    """The sources of every shipped mapping."""
    return {name: shipped_sources(settings, name) for name in shipped_names()}


def matches(settings: Settings, file: str, headers: list[str]) -> list[Match]:
    """Everything that the file may be, the best first; Refused if two headers say the same.

    A vendor's file often has columns of an export, too; the mapping knows more of them.
    """
    found = [*_mappings(settings, headers), *_exports(file, headers)]
    found.sort(key=rank)
    return found


def rank(match: Match) -> tuple[bool, bool, int]:
    """Sorts the best first; matches of the same rank are rivals."""
    return not match.is_certain, not match.is_mapping, -len(match.headers)


def fitting(source: Source, headers: list[str]) -> tuple[str, ...]:
    """The headers by which the file is one of this source; empty if it is not."""
    known = {name.strip().casefold() for header in headers for name in (header, _bare(header))}
    fits = [names for names in source.recognised_by if {n.casefold() for n in names} <= known]
    return max(fits, key=len, default=())


def _bare(header: str) -> str:
    return header.partition(" (")[0]


def _mappings(settings: Settings, headers: list[str]) -> list[Match]:
    found: list[Match] = []
    for name, sources in known_sources(settings).items():
        fits = [
            fitting(source, headers) for source in sources.values() if not source.may_be_missing
        ]
        best = max(fits, key=len, default=())
        if best:
            found.append(Match(name, True, True, best, {}))
    return found


def _exports(file: str, headers: list[str]) -> list[Match]:
    bare = [without_zone(header) for header in headers]
    original = dict(zip(bare, headers, strict=True))
    found: list[Match] = []
    for name, spec in EXPORTS.items():
        known = tuple(column.name for column in (*spec.columns, *KNOWLEDGE))
        need = {column.name for column in spec.columns if column.required}
        columns = by_column(bare, known, file)
        need -= set(MADE.get(name, ()))
        is_whole = need <= columns.keys()
        if not is_whole:
            columns = _with_synonyms(name, bare, columns)
            if not need <= columns.keys():
                continue
        is_certain = is_whole and (len(columns) >= CLEAR or len(columns) == len(headers))
        own = {column: original[header] for column, header in columns.items()}
        found.append(Match(name, False, is_certain, tuple(own.values()), own))
    return found


def _with_synonyms(export: str, headers: list[str], columns: dict[str, str]) -> dict[str, str]:
    found = dict(columns)
    for column, synonym in _synonyms().get(export, ()):
        header = next((one for one in headers if normalised(one) == synonym), None)
        if header is not None and column not in found and header not in found.values():
            found[column] = header
    return found


@cache
def _synonyms() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    with SYNONYMS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["export"], []).append((row["column"], row["header"]))
    return found
