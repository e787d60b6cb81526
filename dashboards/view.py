"""What a page shows: the snapshot it reads, its filters, figures, charts, tables and files.

A page's script calls `shell.header.begin`, which opens one snapshot and returns a frozen `Page`.
Its `view` is passed to whatever reads the snapshot, draws or offers a file, so that

- every figure of a page comes from `view.snapshot`: a generation published meanwhile does not mix
  with it, even if a part of the page (a Streamlit fragment) runs again on its own;
- files, notes, the printed page and the link know what is on the page, because what draws a part
  of it also records it in the view.

Panels get their `Page` as `State`, which adds what the page's script worked out. Nothing looks up
"the current view": there is no such global. Only the row of keys, which is drawn before the page
runs, reads the view of the run before (`seen_before`): that is what the reader was looking at.

Files are made when somebody asks for one, after the page has run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards.charts.theme import Palette
from dashboards.data.facts import EVERYONE, Facts
from dashboards.data.tables import Row, Table
from dashboards.data.warehouse import Snapshot

# what the buttons of the header open
LINK, FILES = "link", "export"
# the parameter of a link with the generation in which it was made
MADE_WITH = "generation"
_KEY, _PAGE, _ASKED = "view_of_the_page", "page_of_this_run", "asked_in_header"


@dataclass(frozen=True)
class Export:
    """A table that the page offers as files."""

    name: str
    label: str
    table: Table


@dataclass(frozen=True)
class Document:
    """A file of the page that is not a table, made on request."""

    file_name: str
    label: str
    make: Callable[[], bytes]
    mime: str
    icon: str
    help: str | None = None


@dataclass(frozen=True)
class Figure:
    """A figure in its own frame, with what it is compared with."""

    label: str
    value: str
    remark: str


@dataclass(frozen=True)
class Drawing:
    """A chart."""

    chart: Any


@dataclass(frozen=True)
class Listed:
    """A table with its columns.

    order: of the columns, if not the table's own. rows: the number of rows, if not all are in the
    data. file: the file that has all of them.
    """

    title: str
    data: Any
    columns: Mapping[str, Any]
    order: tuple[str, ...] | None
    rows: int
    file: str | None = None


@dataclass(frozen=True)
class Said:
    """A sentence shown instead of a chart or table."""

    text: str


Part = Figure | Drawing | Listed | Said


@dataclass
class View:
    """What one run of a page shows; filled while the page runs from top to bottom."""

    snapshot: Snapshot
    page: str
    question: str
    filters: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    # what a link must contain to show the same later, as defaults depend on the data
    links: dict[str, str] = field(default_factory=dict)
    # the page's first empty state, which offers to clear the filters
    offers_clearing: str = ""
    models: list[str] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    # the parts of the page from top to bottom, by a key of each
    parts: dict[str, Part] = field(default_factory=dict)
    takeaway: str = ""
    definitions: list[tuple[str, str]] = field(default_factory=list)
    segment: str = EVERYONE
    account_id: str | None = None
    # the segment of the page's account, whose verdict the header shows
    account_segment: str | None = None
    verdict: str | None = None
    # the header's place for the page's answer, above the filters
    answer_place: DeltaGenerator | None = None
    # the header's place for the verdict of the page's segment
    verdict_place: DeltaGenerator | None = None
    # the header's place for the page's notes, and the notes once they are read
    notes_place: DeltaGenerator | None = None
    notes: list[Row] | None = None

    def shows(self, key: str, part: Part) -> None:
        """Add a part of the page; one that is drawn again keeps its position."""
        self.parts[f"{type(part).__name__} {key}"] = part

    def filed(self, table: Table, file: str) -> None:
        """Name the file of the last table shown that it contains, if any."""
        for key, part in reversed(self.parts.items()):
            if (
                isinstance(part, Listed)
                and part.rows == table.num_rows
                and set(table.column_names) & set(part.columns)
            ):
                self.parts[key] = replace(part, file=part.file or file)
                return

    def filtered(self, label: str, value: str, key: str, default: Any) -> None:
        """Record the value of a filter, its widget, and the widget's default."""
        self.filters[label] = value
        self.defaults[key] = default

    def is_narrowed(self) -> bool:
        """Whether any filter differs from its default."""
        return any(
            st.session_state.get(key, default) != default for key, default in self.defaults.items()
        )

    def clear_filters(self) -> None:
        """Set every filter to its default.

        Only before widgets are drawn, as in a click's callback.
        """
        for key, default in self.defaults.items():
            st.session_state[key] = default  # the widgets remove it from the link themselves


@dataclass(frozen=True)
class Page:
    """What a page starts with: its view, the company's facts and the colours."""

    view: View
    known: Facts
    colors: Palette

    @property
    def snapshot(self) -> Snapshot:
        """The one generation that the page shows."""
        return self.view.snapshot


def opened(page: str) -> None:
    """Remember which page the router is about to run."""
    st.session_state[_PAGE] = page


def forget() -> None:
    """Nothing is shown until the page that is being opened has a snapshot."""
    st.session_state.pop(_KEY, None)


def begin(snapshot: Snapshot, question: str) -> View:
    """The view of a run that starts now: nothing is on the page yet."""
    view = View(snapshot, str(st.session_state.get(_PAGE, "")), question)
    st.session_state[_KEY] = view
    return view


def seen_before() -> View | None:
    """What the session's last run showed; None if it had nothing to show."""
    return cast(View | None, st.session_state.get(_KEY))


def ask(what: str) -> None:
    """Remember which button of the header was pressed: the row of keys opens its dialog."""
    st.session_state[_ASKED] = what


def asked() -> str | None:
    """The header's button that was pressed, once."""
    return cast(str | None, st.session_state.pop(_ASKED, None))
