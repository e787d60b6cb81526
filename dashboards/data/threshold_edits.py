"""Edits of thresholds: the home's thresholds.csv, and the log of every change to it.

A change takes effect with the next refresh; published figures do not change. File and log change
together: the log is locked while the file is replaced, and the file is restored if the log cannot
be written.
"""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from orchestration.homes import decisions
from orchestration.homes.decisions import CHANGES
from orchestration.homes.threshold_changes import (
    Key,
    OwnRow,
    change_threshold,
    own_rows,
    thresholds_text,
    write_thresholds,
)
from orchestration.homes.threshold_changes import (
    Lines as Lines,
)
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.settings import load_settings

from dashboards import access
from dashboards.access import Person
from dashboards.data.facts import EVERYONE
from dashboards.data.freshness import now
from dashboards.data.journal import CannotWrite, journal_file, opened, written_moment
from dashboards.data.tables import Row, first
from dashboards.data.warehouse import Snapshot, home

LONGEST_REASON = 500


@dataclass(frozen=True)
class Change:
    """One change of a row; its values are None if the file had, or has, no such row."""

    key: Key
    before: Lines | None
    after: Lines | None
    why: str
    author: str = ""
    changed_at: datetime | None = None


def row_to_change(snapshot: Snapshot, name: str, segment: str) -> tuple[Key, Lines | None]:
    """The file's row for the segment by name; a new row if there is none.

    Of dated rows, the latest one valid at the published as-of.
    """
    wanted = None if segment == EVERYONE else segment
    begun = [
        row
        for row in _own_rows()
        if (row.key.name, row.key.segment) == (name, wanted)
        and (row.key.valid_from is None or _begun(row.key.valid_from, snapshot))
    ]
    if not begun:
        return Key(name, wanted), None
    latest = max(begun, key=lambda row: row.key.valid_from or "")
    return latest.key, latest.lines


def published(snapshot: Snapshot, name: str, segment: str) -> Row | None:
    """The threshold in force for the segment, with its direction, unit and is_own_row."""
    return first(
        snapshot.read(
            "threshold_edits/published",
            name=name,
            segment=segment,
        )
    )


def beyond(snapshot: Snapshot, metric: str, segment: str, months: int, at: Decimal) -> Row:
    """How many of the last closed months have a figure, and how many are above and below a line."""
    return (
        first(
            snapshot.read(
                "threshold_edits/beyond",
                at=f"{at:f}",
                metric=metric,
                segment=segment,
                months=months,
            )
        )
        or {}
    )


def draft(change: Change) -> str:
    """The file with the change applied.

    Raises CannotWrite, with one sentence, if that is impossible.
    """
    try:
        return change_threshold(
            load_settings(home()), change.key, change.after, before=change.before
        )
    except SeatshiftError as error:
        raise CannotWrite(str(error)) from None


def save(snapshot: Snapshot, author: Person, change: Change) -> None:
    """Change the file and log it; if that fails, both are unchanged and CannotWrite is raised."""
    why = change.why.strip()
    if not why:
        raise CannotWrite("Give a reason: it is saved with the change.")
    if len(why) > LONGEST_REASON:
        raise CannotWrite(
            f"The reason has {len(why)} characters; at most {LONGEST_REASON} are allowed."
        )
    try:
        settings = load_settings(home())
        with opened(journal_file()) as connection:
            connection.execute("begin immediate")
            # first, because it reports in one sentence a file that cannot be read
            text = change_threshold(settings, change.key, change.after, before=change.before)
            earlier = thresholds_text(settings)
            connection.execute(
                "insert into threshold_changes (changed_at, author, generation, name, segment,"
                " valid_from, old_fires_at, old_clears_at, new_fires_at, new_clears_at, why)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    written_moment(now()),
                    author.name,
                    snapshot.generation,
                    change.key.name,
                    change.key.segment,
                    change.key.valid_from,
                    *_texts(change.before),
                    *_texts(change.after),
                    why,
                ),
            )
            write_thresholds(settings, text)
            try:
                connection.commit()
            except sqlite3.Error:
                write_thresholds(settings, earlier)
                raise
    except SeatshiftError as error:
        raise CannotWrite(str(error)) from None
    except (OSError, sqlite3.Error) as error:
        raise CannotWrite(f"Nothing was changed: the home cannot be written ({error}).") from None


def log() -> list[Change]:
    """Every change, latest first; its reason only for people who may see account names."""
    found = [_change(row) for row in reversed(decisions.read(journal_file(), CHANGES).rows)]
    return [change for change in found if change is not None]


def _change(row: Row) -> Change | None:
    """The change as the page uses it; None if the row is not a valid change."""
    try:
        return Change(
            key=Key(row["name"], row["segment"], row["valid_from"]),
            before=_lines(row["old_fires_at"], row["old_clears_at"]),
            after=_lines(row["new_fires_at"], row["new_clears_at"]),
            why=access.words(row["why"]) or "",
            author=row["author"],
            changed_at=datetime.fromisoformat(row["changed_at"]),
        )
    except (ValueError, TypeError, ArithmeticError):
        return None


def undone(change: Change) -> Change:
    """The change that restores the earlier values; it is logged like any other."""
    return Change(
        key=change.key,
        before=change.after,
        after=change.before,
        why=f"Undone: {change.why}"[:LONGEST_REASON],
    )


def pending(snapshot: Snapshot) -> list[Change]:
    """The latest change of every row that is not yet in the published generation."""
    latest: dict[Key, Change] = {}
    for change in log():
        latest.setdefault(change.key, change)
    return [change for change in latest.values() if not _is_published(snapshot, change)]


def _is_published(snapshot: Snapshot, change: Change) -> bool:
    shown = published(snapshot, change.key.name, change.key.segment or EVERYONE)
    if change.after is None or shown is None:
        at = change.changed_at
        return at is not None and written_moment(snapshot.published_at) >= at.isoformat(" ")
    return (shown["fires_at"], shown["clears_at"]) == (
        change.after.fires_at,
        change.after.clears_at,
    )


def _own_rows() -> list[OwnRow]:
    try:
        return own_rows(load_settings(home()))
    except SeatshiftError as error:
        raise CannotWrite(str(error)) from None


def _begun(valid_from: str, snapshot: Snapshot) -> bool:
    return date.fromisoformat(valid_from) <= snapshot.as_of.date()


def _texts(lines: Lines | None) -> tuple[str | None, str | None]:
    if lines is None:
        return None, None
    return f"{lines.fires_at:f}", None if lines.clears_at is None else f"{lines.clears_at:f}"


def _lines(fires_at: str | None, clears_at: str | None) -> Lines | None:
    if fires_at is None:
        return None
    return Lines(Decimal(fires_at), Decimal(clears_at) if clears_at is not None else None)
