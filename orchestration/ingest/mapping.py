"""Mappings: one YAML file per source system that turns its files into canonical rows."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from orchestration.ingest.files import COMPRESSIONS, FORMATS, ExportFile, as_export_file
from orchestration.ingest.ids import Pairs, pairs_by_system, read_ids
from orchestration.ingest.read import TextFormat, nearest
from orchestration.ingest.select_check import checked_sources, sub_select
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.style import DATE_ORDERS, MONEY_UNITS, CellStyle
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings

SOURCE_KEYS = (
    "pattern",
    "format",
    "delimiter",
    "encoding",
    "sheet",
    "decimal",
    "thousands",
    "date_order",
    "time_zone",
    "money",
    "nulls",
    "optional",
    "zoned",
    "if_missing",
    "recognised_by",
)
SECTIONS = ("system", "sources", "targets", "values", "asks")
# sections of a home's mapping that uses a shipped one and overrides parts of it
USE_SECTIONS = ("use", "system", "sources", "values")
SHIPPED = Path(__file__).parent / "mappings"
TARGET_KEYS = ("rows_of", "select")
ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252")
# what happens if no file matches a source's pattern
IF_MISSING = ("refuse", "empty")


@dataclass(frozen=True)
class Source:
    """One kind of file of a source system.

    `optional` columns are null if a file lacks them. The header of a `zoned` column ends with the
    time zone of its times in brackets: `Started at (Europe/Berlin)`. A source that `may_be_missing`
    has no rows and its optional columns if no file matches. Each entry of `recognised_by` is a set
    of headers by which such a file is recognised.
    """

    name: str
    pattern: str
    format: str
    text: TextFormat
    style: CellStyle
    optional: tuple[str, ...] = ()
    zoned: tuple[str, ...] = ()
    may_be_missing: bool = False
    recognised_by: tuple[tuple[str, ...], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Ask:
    """A question about a mapping's files, not asked if they have the column `unless`."""

    text: str
    choices: tuple[str, ...]
    unless: str | None


@dataclass(frozen=True)
class Target:
    """How one canonical export is made: a select over the sources, one file of `rows_of` at a time.

    The other sources are visible completely; `reads` names those that the select reads. `values`
    are available to the select through `getvariable('<name>')`. `fingerprint` covers everything
    that determines the rows made from a file's content.
    """

    mapping: str
    export: str
    rows_of: Source
    sources: tuple[Source, ...]
    select: str
    company_zone: str = "UTC"
    values: dict[str, str | None] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    system: str | None = None
    pairs: Pairs = ()

    @property
    def sub_select(self) -> str:
        """The select in brackets, for use in SQL."""
        return sub_select(self.select)

    @property
    def name(self) -> str:
        return f"mappings/{self.mapping}: {self.export}"

    @property
    def fingerprint(self) -> str:
        parts = [self.mapping, self.export, self.rows_of.name, self.select]
        parts += [repr(source) for source in self.sources]
        parts += [self.company_zone, repr(sorted(self.values.items())), repr(self.pairs)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def load_targets(settings: Settings) -> list[Target]:
    """Every target of HOME/mappings/*.yml; InputError names the file and key of an error."""
    targets: list[Target] = []
    ids = pairs_by_system(read_ids(settings))
    for path in sorted(settings.mappings.glob("*.yml")):
        raw = _yaml(f"mappings/{path.name}", path)
        if raw is not None:  # otherwise a template whose lines are all comments
            targets += targets_of(settings, path.name, raw, ids)
    return targets


def source_files(settings: Settings, source: Source) -> list[ExportFile]:
    """The files below exports/ that match the source's pattern, including compressed ones.

    Hidden files and those that start with `_` are ignored.
    """
    try:
        paths = {
            path
            for packed in ("", *(f".{name}" for name in COMPRESSIONS))
            for path in settings.exports.glob(source.pattern + packed)
        }
    except (ValueError, NotImplementedError):
        raise InputError(f"{source.pattern!r} is not a file pattern.") from None
    files = [
        as_export_file(settings, path)
        for path in sorted(paths)
        if not path.is_dir() and not path.name.startswith((".", "_"))
    ]
    return [ExportFile(file.name, file.path, source.format, file.compression) for file in files]


def shipped_names() -> list[str]:
    """The mappings that ship with seatshift, for `use: <name>`."""
    return sorted(path.stem for path in SHIPPED.glob("*.yml"))


def targets_of(
    settings: Settings, name: str, raw: Any, ids: dict[str, Pairs] | None = None
) -> list[Target]:
    """The targets of one mapping, given as read from YAML; `name` is its file's name."""
    place = f"mappings/{name}"
    if isinstance(raw, dict) and "use" in raw:
        raw = _taken_up(place, raw)
    sections = _section(place, raw, SECTIONS)
    system = _text(place, sections, "system", "") or None
    sources = sources_of(settings, place, sections)
    values = _values(settings, f"{place}, values", sections.get("values", {}))
    targets = [
        _target(settings, f"{place}, targets.{export}", name, str(export), entry, sources, values)
        for export, entry in _section(place, sections.get("targets"), None).items()
    ]
    pairs = (ids or {}).get(system, ()) if system else ()
    return [replace(target, system=system, pairs=pairs) for target in targets]


def sources_of(settings: Settings, place: str, raw: dict[str, Any]) -> dict[str, Source]:
    """The sources of one mapping by name."""
    return {
        str(name): _source(settings, f"{place}, sources.{name}", str(name), entry)
        for name, entry in _section(place, raw.get("sources"), None).items()
    }


def shipped_sources(settings: Settings, name: str) -> dict[str, Source]:
    """The sources of a shipped mapping by name."""
    return sources_of(settings, name, _yaml(name, SHIPPED / f"{name}.yml"))


def shipped_asks(name: str) -> dict[str, Ask]:
    """What a shipped mapping asks about its files, by the value that an answer sets."""
    raw = _yaml(name, SHIPPED / f"{name}.yml").get("asks", {})
    return {
        key: Ask(ask["text"], tuple(ask.get("choices", ())), ask.get("unless"))
        for key, ask in raw.items()
    }


def _yaml(place: str, path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{place} cannot be read as YAML: {reason}.") from None


def _taken_up(place: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The shipped mapping that the home uses, with the home's own entries applied."""
    own = _section(place, raw, USE_SECTIONS)
    name = _text(place, own, "use", None)
    if name not in shipped_names():
        raise InputError(
            f"{place}: use is {name!r}, which is not a shipped mapping; "
            f"{nearest(name, shipped_names(), 'shipped mapping', 'shipped mappings')}."
        )
    shipped: dict[str, Any] = _yaml(name, SHIPPED / f"{name}.yml")
    for section in ("sources", "values"):
        known = shipped.setdefault(section, {})
        for key, entry in _section(f"{place}, {section}", own.get(section, {}), None).items():
            if key not in known:
                raise InputError(
                    f"{place}, {section}: {key!r} is not in the shipped mapping {name}; "
                    f"{nearest(str(key), list(known), 'entry', 'its entries')}."
                )
            if section == "sources":
                entry = known[key] | _section(f"{place}, sources.{key}", entry, SOURCE_KEYS)
            known[key] = entry
    if "system" in own:
        shipped["system"] = own["system"]
    return shipped


def _values(settings: Settings, place: str, raw: Any) -> dict[str, str | None]:
    """The values available to the select, always including the reporting currency."""
    values: dict[str, str | None] = {"reporting_currency": settings.reporting_currency}
    for name, value in _section(place, raw, None).items():
        if not str(name).isidentifier() or name in values:
            raise InputError(f"{place}: {name!r} cannot be the name of a value.")
        if value is not None and not isinstance(value, str):
            raise InputError(f"{place}.{name}: {value!r} is not text; put it in quotes.")
        values[str(name)] = value
    return values


def _section(place: str, raw: Any, known: tuple[str, ...] | None) -> dict[str, Any]:
    if not isinstance(raw, dict):
        wanted = f" ({', '.join(known)})" if known else ""
        raise InputError(f"{place}: must be a mapping of names to values{wanted}.")
    for key in raw:
        if known is not None and key not in known:
            raise InputError(f"{place}: {key!r} is not a known key; use one of {', '.join(known)}.")
    return raw


def _source(settings: Settings, place: str, name: str, raw: Any) -> Source:
    entry = _section(place, raw, SOURCE_KEYS)
    if not name.isidentifier():
        raise InputError(f"{place}: the name may contain only letters, digits and _.")
    pattern = _text(place, entry, "pattern", None)
    if pattern.startswith("/") or ".." in Path(pattern).parts:
        raise InputError(f"{place}: pattern {pattern!r} must stay inside the exports folder.")
    zone = _text(place, entry, "time_zone", settings.time_zone)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"{place}: time_zone {zone!r} is not an IANA time zone such as Europe/Berlin."
        ) from None
    delimiter = _text(place, entry, "delimiter", ",")
    if len(delimiter) != 1:
        raise InputError(f"{place}: delimiter {delimiter!r} must be one character.")
    return Source(
        name=name,
        pattern=pattern,
        format=_choice(place, entry, "format", FORMATS),
        text=TextFormat(
            delimiter,
            _choice(place, entry, "encoding", ENCODINGS),
            _text(place, entry, "sheet", ""),
        ),
        style=CellStyle(
            time_zone=zone,
            decimal=_choice(place, entry, "decimal", (".", ",")),
            thousands=_choice(place, entry, "thousands", ("", ",", ".", " ", "'")),
            date_order=_choice(place, entry, "date_order", DATE_ORDERS),
            money=_choice(place, entry, "money", MONEY_UNITS),
            nulls=_list(place, entry, "nulls"),
        ),
        optional=_list(place, entry, "optional"),
        zoned=_list(place, entry, "zoned"),
        may_be_missing=_choice(place, entry, "if_missing", IF_MISSING) == "empty",
        recognised_by=_headers(place, entry.get("recognised_by", [])),
    )


def _target(
    settings: Settings,
    place: str,
    mapping: str,
    export: str,
    raw: Any,
    sources: dict[str, Source],
    values: dict[str, str | None],
) -> Target:
    if export not in EXPORTS:
        raise InputError(f"{place}: {export!r} is not an export; use one of {', '.join(EXPORTS)}.")
    entry = _section(place, raw, TARGET_KEYS)
    rows_of = _text(place, entry, "rows_of", next(iter(sources)) if len(sources) == 1 else None)
    if rows_of not in sources:
        raise InputError(
            f"{place}: rows_of is {rows_of!r}; the sources are {', '.join(sources) or 'none'}."
        )
    select = _text(place, entry, "select", None)
    return Target(
        mapping,
        export,
        sources[rows_of],
        tuple(sources.values()),
        select,
        settings.time_zone,
        values,
        checked_sources(place, select, tuple(sources), tuple(values)),
    )


def _list(place: str, entry: dict[str, Any], key: str) -> tuple[str, ...]:
    texts = entry.get(key, [])
    if not isinstance(texts, list):
        raise InputError(f"{place}: {key} must be a list of texts.")
    return tuple(str(text) for text in texts)


def _headers(place: str, raw: Any) -> tuple[tuple[str, ...], ...]:
    if not isinstance(raw, list) or not all(isinstance(names, list) for names in raw):
        raise InputError(f"{place}: recognised_by must be a list of lists of headers.")
    return tuple(tuple(str(name) for name in names) for names in raw)


def _text(place: str, entry: dict[str, Any], key: str, default: str | None) -> str:
    value = entry.get(key, default)
    if value is None:
        raise InputError(f"{place}: {key} is missing.")
    if not isinstance(value, str):
        raise InputError(f"{place}: {key} is {value!r}; it must be text.")
    return value


def _choice(place: str, entry: dict[str, Any], key: str, known: tuple[str, ...]) -> str:
    value = _text(place, entry, key, known[0])
    if value not in known:
        shown = ", ".join(repr(choice) for choice in known)
        raise InputError(f"{place}: {key} is {value!r}; use one of {shown}.")
    return value
