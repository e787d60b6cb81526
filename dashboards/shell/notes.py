"""Notes next to a page's figures: saved permanently, by page, segment or account, and month.

Text only. A note on a month gets a numbered mark on the page's charts over months.
"""

from collections.abc import Collection
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboards import access, labels
from dashboards.charts.notes import noted
from dashboards.charts.theme import palette
from dashboards.data import journal
from dashboards.data.facts import Facts, facts
from dashboards.data.tables import Row, Table, table_of
from dashboards.formatting import day, month, plain
from dashboards.view import View

WHOLE = "The whole page"
MONTHS_BACK = 24
# a tooltip is too small for the whole note
SHORT = 160
WHY_HIDDEN = "Notes may contain account names, which your role is not shown."
_SAVED, _REFUSED = "note_saved", "note_refused"


def listed(view: View) -> list[Row]:
    """The notes of the page and its filters, oldest first; a note's number is its position."""
    if view.notes is None:
        view.notes = journal.notes(view.page, view.segment, view.account_id)
    return view.notes


def of_months(view: View, months: Collection[str]) -> list[tuple[int, Row]]:
    """The page's notes on these months, by number."""
    if not months:
        return []
    return [
        (number, row) for number, row in enumerate(listed(view), start=1) if row["period"] in months
    ]


def marked(chart: Any, found: list[tuple[int, Row]]) -> Any:
    """The chart, whose x is the month, with a mark for every month that has notes."""
    if not found:
        return chart
    by_month: dict[str, list[tuple[int, Row]]] = {}
    for number, row in found:
        by_month.setdefault(str(row["period"]), []).append((number, row))
    marks = pd.DataFrame(
        [
            {
                "month": name,
                "label": ",".join(str(number) for number, _ in of_month),
                "text": " · ".join(_short(str(row["text"])) for _, row in of_month),
            }
            for name, of_month in by_month.items()
        ]
    )
    return noted(chart, marks, palette(st.context.theme.type))


def panel(view: View) -> None:
    """The page's notes and a form for another, in the place that the header reserved."""
    if view.notes_place is None:
        return
    found = listed(view)
    with (
        view.notes_place,
        st.popover(
            f"Notes ({len(found)})" if found else "Notes",
            type="tertiary",
            icon=":material/sticky_note_2:",
            key="notes",
        ),
    ):
        problem = journal.problem()
        for number, row in enumerate(found, start=1):
            st.markdown(entry(number, row))
        if problem is not None:
            st.warning(plain(problem), icon=":material/error:")
        elif not found:
            st.caption("No notes yet.")
        elif not access.sees_names():
            st.caption(WHY_HIDDEN)
        _form(view, facts(view.snapshot))


def entry(number: int, row: Row) -> str:
    """A note as Markdown with its text escaped."""
    about = month(row["period"]) if row["period"] else WHOLE.lower()
    if row["account_id"] is None:
        about += f", {labels.segment(row['segment'])}"
    text = "  \n".join(plain(line) for line in str(row["text"]).splitlines())
    who = f"{row['author']}, {day(row['written_at'])} {row['written_at']:%H:%M} UTC"
    return f"**{number}** · {plain(about)} — {text}  \n:gray[:small[{plain(who)}]]"


def below(found: list[tuple[int, Row]]) -> None:
    """The notes of a chart, listed below it."""
    if found:
        st.caption(_in_words(found))


def _in_words(found: list[tuple[int, Row]]) -> str:
    return "  \n".join(
        f"**{number}** · {month(row['period'])} — {plain(_short(str(row['text'])))}"
        for number, row in found
    )


def _form(view: View, known: Facts) -> None:
    about = labels.segment(view.segment).lower()
    if view.account_id:
        about = f"the account {view.account_id}"
    with st.form("note", clear_on_submit=True, border=False):
        st.text_area(
            f"Note on {plain(about)}",
            max_chars=journal.LONGEST,
            key="note_text",
            height=90,
            help="Text only. It is saved with your name and the time, and never changed.",
        )
        st.selectbox(
            "About",
            [WHOLE, *_months(known)],
            key="note_month",
            format_func=lambda name: name if name == WHOLE else month(name),
            help="A note on a month is marked on the page's charts.",
        )
        st.form_submit_button("Add note", type="primary", on_click=_save, args=(view,))
    refused = st.session_state.pop(_REFUSED, None)
    if refused:
        st.error(plain(refused))
    if st.session_state.pop(_SAVED, None):
        st.toast("Note saved.", icon=":material/check:")


def _save(view: View) -> None:
    """Before the page runs again, so that its charts have the note already."""
    period = st.session_state["note_month"]
    try:
        journal.record(
            view.snapshot,
            access.require("analyst"),
            journal.Entry(
                segment=view.segment,
                text=str(st.session_state["note_text"] or ""),
                page=view.page,
                period=None if period == WHOLE else period,
                account_id=view.account_id,
                verdict=view.verdict,
            ),
        )
    except access.NotAllowed:
        st.session_state[_REFUSED] = (
            "Your role cannot write notes: ask the person who runs this dashboard."
        )
    except journal.CannotWrite as problem:
        st.session_state[_REFUSED] = str(problem)
    else:
        st.session_state[_SAVED] = True


def _months(known: Facts) -> list[str]:
    """The current month, then the closed ones, latest first."""
    last = known.last_closed_month
    if last is None:
        return []
    newest = last.year * 12 + last.month  # the month after the last closed one
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(newest, newest - MONTHS_BACK - 1, -1)]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def as_table(view: View) -> Table:
    """The page's notes as a table for files."""
    return table_of(
        [
            {
                "number": number,
                "month": row["period"],
                "segment": row["segment"] if row["account_id"] is None else None,
                "account_id": row["account_id"],
                "note": row["text"],
                "author": row["author"],
                "written_at": row["written_at"],
            }
            for number, row in enumerate(listed(view), start=1)
        ],
        [
            ("number", pa.int64()),
            ("month", pa.string()),
            ("segment", pa.string()),
            ("account_id", pa.string()),
            ("note", pa.string()),
            ("author", pa.string()),
            ("written_at", pa.timestamp("us")),
        ],
    )
