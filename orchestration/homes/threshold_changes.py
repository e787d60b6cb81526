"""Changing one line of the home's thresholds.csv, as carefully as if a person wrote it.

A row's value is changed where it stands, and a missing row is added at the end; comments, order
and every other row stay as they are. What would not pass `seatshift check` is never written.
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
    """Names a row; segment and valid_from are null where it is for all and has no first day."""

    name: str
    segment: str | None = None
    valid_from: str | None = None


@dataclass(frozen=True)
class Lines:
    """Where a signal fires and beyond which value it stops."""

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
    """The rows of the home's thresholds.csv as it stands; InputError where it cannot be used."""
    return [_own(row) for row in _usable(settings)]


def change_threshold(
    settings: Settings, key: Key, lines: Lines | None, *, before: Lines | None
) -> str:
    """The file's new text, with the row changed, added, or without it where `lines` is None.

    `before` is what the file said when the change was made up; RequestError where it says something
    else by now, or where the lines make no sense. Nothing is written: see `write_thresholds`.
    """
    rows = {_own(row).key: row for row in _usable(settings)}
    row = rows.get(key)
    if (_own(row).lines if row else None) != before:
        raise RequestError(f"{FILE} was changed meanwhile: look at its lines again.")
    if lines is None and row is None:
        raise RequestError(f"{FILE} has no such row to take away.")
    like = _like(settings, key)
    if lines is not None:
        _check_sides(like.values["direction"] or "", lines)
    text = _text(settings, row, key, lines, like)
    _check(settings, text)
    return text


def thresholds_text(settings: Settings) -> str | None:
    """The file as it stands; None where there is none."""
    path = _path(settings)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write_thresholds(settings: Settings, text: str | None) -> None:
    """Put the text in the file's place in one step; None takes the file away.

    Who may read the file stays as its owner set it.
    """
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
        raise InputError(f"{problems[0].sentence} Mend it first.")
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
    """A row of the same threshold: direction and unit are no matter of taste."""
    for row in load_reference(settings).tables["thresholds"]:
        if row.values["name"] == key.name:
            return row
    raise RequestError(f"{key.name!r} is no threshold.")


def _check_sides(direction: str, lines: Lines) -> None:
    if lines.clears_at is None:
        return
    if direction == "above" and lines.clears_at > lines.fires_at:
        raise RequestError(
            "What fires above its line has to stop at or below it: write a lower value there."
        )
    if direction == "below" and lines.clears_at < lines.fires_at:
        raise RequestError(
            "What fires below its line has to stop at or above it: write a higher value there."
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
            f"{FILE} has no column {lacking[0]}, which this row needs: add it to the header."
        )
    new = _line([values[name] for name in names])
    if row is None:
        kept.append(new)
    else:
        place = row.line - 1
        if len(next(csv.reader([kept[place]]))) != len(names):
            raise RequestError(f"{FILE}, row {row.line} spans several lines: write it in one.")
        kept[place : place + 1] = [] if lines is None else [new]
    return "\n".join(kept) + "\n"


def _check(settings: Settings, text: str) -> None:
    """Refuse what `seatshift check` would."""
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
