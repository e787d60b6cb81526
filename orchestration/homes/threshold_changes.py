"""Edits one row of the home's thresholds.csv and leaves the rest of the file untouched.

A row is changed in place, and a new row is appended; comments, order and all other rows stay the
same. Nothing is written that would not pass `seatshift check`.
"""

import csv
import io
import shutil
import stat
import tempfile
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.reference import load_reference, read_reference
from orchestration.ingest.reference_rows import Row
from orchestration.platform.errors import InputError, RequestError
from orchestration.platform.files import write_text
from orchestration.platform.settings import Settings

SPEC = REFERENCE["thresholds"]
FILE = "thresholds.csv"
COLUMNS = tuple(column.name for column in SPEC.columns)


@dataclass(frozen=True)
class Key:
    """Identifies a row; segment is None for all segments, valid_from is None without a start."""

    name: str
    segment: str | None = None
    valid_from: str | None = None


@dataclass(frozen=True)
class Lines:
    """The value at which a signal fires, and the value beyond which it clears."""

    fires_at: Decimal
    clears_at: Decimal | None


@dataclass(frozen=True)
class OwnRow:
    """A row of the home's file."""

    key: Key
    lines: Lines
    direction: str
    unit: str


def own_rows(settings: Settings) -> list[OwnRow]:
    """The rows of the home's thresholds.csv; InputError if the reference files have problems."""
    return [_own(row) for row in _usable(settings)]


def change_threshold(
    settings: Settings, key: Key, lines: Lines | None, *, before: Lines | None
) -> str:
    """The file's new text with the row changed or added, or removed if `lines` is None.

    `before` is what the file said when the user made the change; raises RequestError if it has
    changed since, or if the values are invalid. Writes nothing: see `write_thresholds`.
    """
    rows = {_own(row).key: row for row in _usable(settings)}
    row = rows.get(key)
    if (_own(row).lines if row else None) != before:
        raise RequestError(f"{FILE} has changed in the meantime; check its rows again.")
    if lines is None and row is None:
        raise RequestError(f"{FILE} has no such row to remove.")
    like = _like(settings, key)
    if lines is not None:
        _check_sides(like.values["direction"] or "", lines)
    text = _text(settings, row, key, lines, like)
    _check(settings, text)
    return text


def thresholds_text(settings: Settings) -> str | None:
    """The file's text, or None if there is no file."""
    path = _path(settings)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write_thresholds(settings: Settings, text: str | None) -> None:
    """Replace the file's text atomically; None deletes the file. Its permissions stay the same."""
    path = _path(settings)
    if text is None:
        path.unlink(missing_ok=True)
        return
    mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else None
    write_text(path, text)
    if mode is not None:
        path.chmod(mode)


def _path(settings: Settings) -> Path:
    return settings.reference / FILE


def _usable(settings: Settings) -> list[Row]:
    tables, problems = read_reference(settings)
    if problems:
        raise InputError(f"{problems[0].sentence} Correct it first.")
    return tables["thresholds"]


def _own(row: Row) -> OwnRow:
    values = row.values
    clears = values["clears_at"]
    return OwnRow(
        key=Key(row.text("name"), values["segment"], values["valid_from"]),
        lines=Lines(Decimal(row.text("fires_at")), Decimal(clears) if clears else None),
        direction=row.text("direction"),
        unit=row.text("unit"),
    )


def _like(settings: Settings, key: Key) -> Row:
    """A row of the same threshold, which determines direction and unit."""
    for row in load_reference(settings).tables["thresholds"]:
        if row.values["name"] == key.name:
            return row
    raise RequestError(f"{key.name!r} is not a threshold.")


def _check_sides(direction: str, lines: Lines) -> None:
    if lines.clears_at is None:
        return
    if direction == "above" and lines.clears_at > lines.fires_at:
        raise RequestError(
            "A signal that fires above a value must clear at or below it; lower the clearing value."
        )
    if direction == "below" and lines.clears_at < lines.fires_at:
        raise RequestError(
            "A signal that fires below a value must clear at or above it; raise the clearing value."
        )


def _text(settings: Settings, row: Row | None, key: Key, lines: Lines | None, like: Row) -> str:
    path = _path(settings)
    written = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    kept = written.splitlines()
    header = next(
        (line for line in kept if line.strip() and not line.lstrip().startswith("#")), None
    )
    names = [name.strip() for name in next(csv.reader([header]))] if header else list(COLUMNS)
    if header is None:
        kept.append(",".join(COLUMNS))
    values = {
        "name": key.name,
        "segment": key.segment or "",
        "valid_from": key.valid_from or "",
        "fires_at": _plain(lines.fires_at) if lines else "",
        "clears_at": _plain(lines.clears_at) if lines and lines.clears_at is not None else "",
        "direction": like.text("direction"),
        "unit": like.text("unit"),
    }
    lacking = [name for name in COLUMNS if values[name] and name not in names]
    if lines is not None and lacking:
        raise RequestError(
            f"{FILE} has no column {lacking[0]}, which this row needs; add it to the header."
        )
    new = _line([values[name] for name in names])
    if row is None:
        kept.append(new)
    else:
        place = row.line - 1
        if len(next(csv.reader([kept[place]]))) != len(names):
            raise RequestError(f"{FILE}, row {row.line} spans several lines; put it on one line.")
        kept[place : place + 1] = [] if lines is None else [new]
    return "\n".join(kept) + "\n"


def _check(settings: Settings, text: str) -> None:
    """Reject what `seatshift check` would reject."""
    with tempfile.TemporaryDirectory(prefix="seatshift-thresholds-") as folder:
        trial = replace(settings, home=Path(folder))
        if settings.reference.is_dir():
            shutil.copytree(settings.reference, trial.reference)
        trial.reference.mkdir(exist_ok=True)
        (trial.reference / FILE).write_text(text, encoding="utf-8")
        _, problems = read_reference(trial)
    if problems:
        raise RequestError(problems[0].sentence)


def _line(cells: list[str]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue()


def _plain(value: Decimal) -> str:
    """0.70, 3, -0.01: never an exponent."""
    return f"{value:f}"
