"""The parts of a page.

Its answer, figures, charts, and the sentences shown if there is nothing to draw.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards.charts.cached import on_screen
from dashboards.data.definitions import definition, version_in_force
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import plain, signs
from dashboards.shell import notes
from dashboards.view import Drawing, Figure, Said, View


def answer(view: View, takeaway: str) -> None:
    """The answer to the page's question, in one sentence."""
    view.takeaway = takeaway
    assert view.answer_place is not None
    with view.answer_place:
        st.subheader(plain(takeaway), anchor=False, help=view.question)


def help_text(snapshot: Snapshot, model: str, column: str) -> str | None:
    """The hover text of a figure: its definition in the model, its version and its owner."""
    text, version = definition(snapshot, model, column), version_in_force(snapshot, model)
    return f"{text}\n\n:small[{version}]" if text and version else text


def card(
    view: View,
    label: str,
    value: str,
    remark: str | None = None,
    *,
    of: str | None = None,
    trend: list[float] | None = None,
    help: str | None = None,
) -> None:
    """A figure in its own frame; the remark says what it is compared with.

    of: what the remark measures. trend: the figure's latest months, oldest first.
    """
    compared = " ".join(part for part in (remark, of) if part)
    view.shows(label, Figure(label, value, compared))
    st.metric(
        label,
        value,
        delta=remark,
        delta_color="off",
        delta_arrow="off",
        delta_description=of,
        chart_data=trend,
        border=True,
        height="stretch",
        help=help,
    )


@dataclass(frozen=True)
class Clicks:
    """What a click in a chart selects: the chart's selection, the widget's key, and the action."""

    name: str
    key: str
    take: Callable[[Mapping[str, Any]], None]

    def __call__(self) -> None:
        """Before the next run: pass on what was selected, if anything."""
        chosen = st.session_state[self.key].selection.get(self.name)
        if chosen:
            self.take(chosen[-1])


def draw(
    view: View,
    chart: Any,
    months: Collection[str] = (),
    *,
    lists_notes: bool = True,
    clicks: Clicks | None = None,
) -> None:
    """A chart below its title as text, which wraps on a phone and can be read by a screen reader.

    The chart has its own title, too, for files and tests; on the screen it would be cut off. Notes
    on the given months are marked by number; `lists_notes`: they are also listed below the chart.
    """
    found = notes.of_months(view, months)
    view.shows(str(chart.title.text), Drawing(chart))
    chart = notes.marked(chart, found)
    message, measure = str(chart.title.text), str(chart.title.subtitle)
    with st.container(gap=None):
        st.markdown(f"**{plain(message)}**  \n:gray[:small[{plain(measure)}]]")
        if clicks is None:
            st.vega_lite_chart(on_screen(chart, signs()), alt=message)
        else:
            st.vega_lite_chart(
                on_screen(chart, signs()),
                alt=message,
                key=clicks.key,
                on_select=clicks,
                selection_mode=clicks.name,
            )
        if lists_notes:
            notes.below(found)


def nothing(view: View, why: str, what_to_do: str) -> None:
    """An empty state instead of an empty chart.

    If it says to choose, a button clears the filters.
    """
    view.shows(why, Said(f"{why} {what_to_do}"))
    st.info(f"{why} {what_to_do}", icon=":material/inbox:")
    is_first = view.offers_clearing in ("", why)
    if what_to_do.startswith("Choose") and view.is_narrowed() and is_first:
        view.offers_clearing = why
        st.button(
            "Clear filters",
            icon=":material/filter_alt_off:",
            key="clear_narrow_filters",
            on_click=view.clear_filters,
        )
