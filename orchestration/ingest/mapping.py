"""Mappings: one YAML file per source system that says how its files become canonical rows."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from orchestration.errors import InputError
from orchestration.ingest.files import FORMATS, ExportFile, as_export_file
from orchestration.ingest.read import TextFormat
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.style import DATE_ORDERS, MONEY_UNITS, CellStyle
from orchestration.settings import Settings

SOURCE_KEYS = (
    "pattern",
    "format",
    "delimiter",
    "encoding",
    "decimal",
    "thousands",
    "date_order",
    "time_zone",
    "money",
    "nulls",
)
TARGET_KEYS = ("rows_of", "select")
ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16", "latin-1": "latin-1"}


@dataclass(frozen=True)
class Source:
    """One kind of file of a source system."""

    name: str
    pattern: str
    format: str
    text: TextFormat
    style: CellStyle


@dataclass(frozen=True)
class Target:
    """How one canonical export is made: a select over the sources, a file of `rows_of` at a time.

    The other sources are shown whole beside that file. `fingerprint` names everything that
    decides what is made of a file's content.
    """

    mapping: str
    export: str
    rows_of: Source
    sources: tuple[Source, ...]
    select: str

    @property
    def name(self) -> str:
        return f"mappings/{self.mapping}: {self.export}"

    @property
    def fingerprint(self) -> str:
        told = [self.mapping, self.export, self.rows_of.name, self.select]
        told += [repr(source) for source in self.sources]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def load_targets(settings: Settings) -> list[Target]:
    """Every target of HOME/mappings/*.yml; InputError naming file and key where one is wrong."""
    targets: list[Target] = []
    for path in sorted(settings.mappings.glob("*.yml")):
        targets += _mapping(settings, path)
    return targets


def source_files(settings: Settings, source: Source) -> list[ExportFile]:
    """The files below exports/ that the source's pattern names."""
    try:
        paths = sorted(settings.exports.glob(source.pattern))
    except (ValueError, NotImplementedError):
        raise InputError(f"{source.pattern!r} is no file pattern.") from None
    files = [as_export_file(settings, path) for path in paths if not path.is_dir()]
    return [ExportFile(file.name, file.path, source.format, file.compression) for file in files]


def _mapping(settings: Settings, path: Path) -> list[Target]:
    place = f"mappings/{path.name}"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{place} cannot be read as YAML: {reason}.") from None
    sections = _section(place, raw, ("sources", "targets"))
    sources = {
        str(name): _source(settings, f"{place}, sources.{name}", str(name), entry)
        for name, entry in _section(place, sections.get("sources"), None).items()
    }
    return [
        _target(f"{place}, targets.{export}", path.name, str(export), entry, sources)
        for export, entry in _section(place, sections.get("targets"), None).items()
    ]


def _section(place: str, raw: Any, known: tuple[str, ...] | None) -> dict[str, Any]:
    if not isinstance(raw, dict):
        wanted = f" with {', '.join(known)}" if known else ""
        raise InputError(f"{place}: a mapping of names{wanted} is due here.")
    for key in raw:
        if known is not None and key not in known:
            raise InputError(f"{place}: {key!r} is not known; known are {', '.join(known)}.")
    return raw


def _source(settings: Settings, place: str, name: str, raw: Any) -> Source:
    entry = _section(place, raw, SOURCE_KEYS)
    if not name.isidentifier():
        raise InputError(f"{place}: the name must be letters, digits and _ only.")
    pattern = _text(place, entry, "pattern", None)
    if pattern.startswith("/") or ".." in Path(pattern).parts:
        raise InputError(f"{place}: pattern {pattern!r} must stay inside the exports folder.")
    zone = _text(place, entry, "time_zone", settings.time_zone)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"{place}: time_zone {zone!r} is no IANA time zone.") from None
    delimiter = _text(place, entry, "delimiter", ",")
    if len(delimiter) != 1:
        raise InputError(f"{place}: delimiter {delimiter!r} must be one character.")
    nulls = entry.get("nulls", [])
    if not isinstance(nulls, list):
        raise InputError(f"{place}: nulls must be a list of texts.")
    return Source(
        name=name,
        pattern=pattern,
        format=_choice(place, entry, "format", FORMATS),
        text=TextFormat(delimiter, ENCODINGS[_choice(place, entry, "encoding", tuple(ENCODINGS))]),
        style=CellStyle(
            time_zone=zone,
            decimal=_choice(place, entry, "decimal", (".", ",")),
            thousands=_choice(place, entry, "thousands", ("", ",", ".", " ", "'")),
            date_order=_choice(place, entry, "date_order", DATE_ORDERS),
            money=_choice(place, entry, "money", MONEY_UNITS),
            nulls=tuple(str(text) for text in nulls),
        ),
    )


def _target(place: str, mapping: str, export: str, raw: Any, sources: dict[str, Source]) -> Target:
    if export not in EXPORTS:
        raise InputError(f"{place}: {export!r} is no export; known are {', '.join(EXPORTS)}.")
    entry = _section(place, raw, TARGET_KEYS)
    rows_of = _text(place, entry, "rows_of", next(iter(sources)) if len(sources) == 1 else None)
    if rows_of not in sources:
        raise InputError(
            f"{place}: rows_of is {rows_of!r}; the sources are {', '.join(sources) or 'none'}."
        )
    select = _text(place, entry, "select", None)
    return Target(mapping, export, sources[rows_of], tuple(sources.values()), select)


def _text(place: str, entry: dict[str, Any], key: str, default: str | None) -> str:
    value = entry.get(key, default)
    if value is None:
        raise InputError(f"{place}: {key} is missing.")
    if not isinstance(value, str):
        raise InputError(f"{place}: {key} is {value!r}; a text is due.")
    return value


def _choice(place: str, entry: dict[str, Any], key: str, known: tuple[str, ...]) -> str:
    value = _text(place, entry, key, known[0])
    if value not in known:
        shown = ", ".join(repr(choice) for choice in known)
        raise InputError(f"{place}: {key} is {value!r}; known are {shown}.")
    return value
