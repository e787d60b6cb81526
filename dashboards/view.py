"""What a page showed in one run: its filters, the models behind it, the tables it offers as files.

Files say where they come from; they are made when somebody asks for one, after the page has run.
"""

from dataclasses import dataclass, field
from typing import Any, cast

import streamlit as st

from dashboards.data.tables import Table
from dashboards.data.warehouse import Snapshot

_KEY = "view_of_this_run"


@dataclass(frozen=True)
class Export:
    """A table that the page offers as files."""

    name: str
    label: str
    table: Table


@dataclass
class View:
    """Filled while the page runs from top to bottom."""

    filters: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    snapshot: Snapshot | None = None

    def filtered(self, label: str, value: str, key: str, default: Any) -> None:
        """A filter as the reader chose it, its widget, and what that shows without a choice."""
        self.filters[label] = value
        self.defaults[key] = default


def begin() -> View:
    """A new run starts with nothing."""
    view = View()
    st.session_state[_KEY] = view
    return view


def this_run() -> View:
    """The view of the run that is going on."""
    if _KEY not in st.session_state:
        return begin()
    return cast(View, st.session_state[_KEY])
