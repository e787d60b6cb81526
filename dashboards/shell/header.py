"""The header of every page: which data it shows, how old the data is, and the page's question."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboards import access, view
from dashboards.charts.theme import palette
from dashboards.data import generations
from dashboards.data.badge import CAUTION, CRITERIA, DEGRADED, HEALTHY, UNKNOWN, Badge, badge
from dashboards.data.facts import Facts, facts
from dashboards.data.freshness import Freshness, freshness
from dashboards.data.warehouse import (
    BadSnapshot,
    NoSnapshot,
    Snapshot,
    current,
    is_pinned,
    pin,
    release,
    shown,
)
from dashboards.formatting import age, moment, plain
from dashboards.shell import audit, foot, news

TO_TAKE_ALONG = (
    (view.LINK, "Copy link", ":material/link:", "A link to exactly this view. Key: L"),
    (view.FILES, "Export", ":material/download:", "The files of this page. Key: E"),
)
# the generation that the session's link asked for, so that it is opened once
_ASKED = "generation_asked_for"
BADGES: dict[str, tuple[Any, str]] = {
    HEALTHY: ("green", ":material/check_circle:"),
    CAUTION: ("orange", ":material/warning:"),
    DEGRADED: ("red", ":material/error:"),
    UNKNOWN: ("gray", ":material/help:"),
}


@dataclass(frozen=True)
class Opened(view.Page):
    """A page whose header is drawn: how fresh its data is, and room for filters and the verdict."""

    state: Freshness
    filters: DeltaGenerator
    beside: DeltaGenerator


def begin(question: str, role: str = "viewer") -> Opened:
    """Open the page and draw its header; without data the page ends here and says what to do."""
    view.forget()
    snapshot, known = open_page(role)
    seen = view.begin(snapshot, question)
    state, places, beside = header(seen, known)
    return Opened(
        view=seen,
        known=known,
        colors=palette(st.context.theme.type),
        state=state,
        filters=places,
        beside=beside,
    )


def open_page(role: str = "viewer") -> tuple[Snapshot, Facts]:
    """The snapshot that the whole page reads; without one the page ends and says what to do."""
    try:
        access.require(role)
    except access.NotAllowed:
        st.error("Your role cannot open this page: ask the person who runs this dashboard.")
        foot.end()
    try:
        _pinned()
        snapshot = shown()
        return snapshot, facts(snapshot)
    except NoSnapshot:
        st.header("Nothing published yet")
        news.first_refresh()
        foot.end()
    except BadSnapshot as problem:
        release()
        _word(Badge(UNKNOWN, ("the snapshot cannot be read",)))
        st.error(plain(str(problem)), icon=":material/error:")
        foot.end()


def header(seen: view.View, known: Facts) -> tuple[Freshness, DeltaGenerator, DeltaGenerator]:
    """State, as-of and what can be taken along in one line; the answer; the filters in one line.

    The answer stands above the filters that it depends on, so its place is reserved here. Returns
    the freshness and the places for the filters and for what belongs to the verdict.
    """
    snapshot = seen.snapshot
    state = freshness(snapshot)
    head = st.container(gap="xxsmall")
    with head.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        judged = badge(snapshot, state)
        seen.verdict_place = st.container(width="content")
        _word(judged)
        if state.is_stale:
            st.badge(
                "Stale – run seatshift refresh",
                icon=":material/schedule:",
                color="orange",
                help=f"Older than the refresh interval plus grace ({age(state.limit)}): "
                "run `seatshift refresh`. Verdicts are shown as they were published.",
            )
        st.caption(
            f"Data as of {moment(snapshot.as_of)} UTC · {age(state.age)} old · "
            f"generation {snapshot.generation}",
            width="content",
            help=f"{_there(snapshot, known)} · checked {moment(snapshot.published_at)} UTC",
        )
        beside = st.container(
            horizontal=True, vertical_alignment="center", gap="small", width="content"
        )
        with st.popover("Audit", type="tertiary", icon=":material/fact_check:"):
            audit.evidence(snapshot, known, judged)
        seen.notes_place = st.container(width="content")
        for asked, name, icon, says in TO_TAKE_ALONG:
            st.button(
                name,
                icon=icon,
                type="tertiary",
                key=f"header_{asked}",
                help=says,
                on_click=view.ask,
                args=(asked,),
            )
        news.bulletin(snapshot, st.context.theme.type)
    with head:
        _banner(snapshot)
        seen.answer_place = st.empty()  # a part of a page that runs again replaces the answer
    filters = st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key="page_filters"
    )
    return state, filters, beside


def _word(judged: Badge) -> None:
    """The state word; on hover its reasons and the meaning of all four."""
    why = "; ".join(judged.reasons)
    color, icon = BADGES[judged.word]
    st.badge(
        judged.word,
        icon=icon,
        color=color,
        help="\n".join(
            [
                *([f"**Now:** {plain(why)}.", ""] if why else []),
                *(f"- **{word}**: {plain(text)}" for word, text in CRITERIA.items()),
            ]
        ),
    )


def _pinned() -> None:
    """Show the generation that a link names; say so if it is no longer available."""
    asked = st.query_params.get(view.MADE_WITH, "")
    number = int(asked) if asked.isascii() and asked.isdigit() else None
    if number is None or st.session_state.get(_ASKED) == number:
        return
    st.session_state[_ASKED] = number
    if number == current().generation:
        return
    earlier = generations.pinned(number)
    if earlier is None:
        st.toast(
            f"Generation {number} of the link is no longer available: these are the figures of "
            f"generation {current().generation}.",
            icon=":material/link_off:",
        )
        return
    pin(earlier)


def _banner(snapshot: Snapshot) -> None:
    """That a link shows an earlier generation."""
    if not is_pinned(snapshot):
        return
    st.badge(
        f"Generation {snapshot.generation}, read-only",
        icon=":material/lock_clock:",
        color="blue",
        help="The link that led here names this generation: the figures are those that its sender "
        "saw. Nothing can be recorded about them; the latest generation is offered above.",
    )


def _there(snapshot: Snapshot, known: Facts) -> str:
    """The as-of in the time zone of the months, with the day if it differs."""
    try:
        local = snapshot.as_of.astimezone(ZoneInfo(known.time_zone))
    except (KeyError, ValueError):
        return plain(known.time_zone)
    same = local.date() == snapshot.as_of.date()
    return f"{f'{local:%H:%M}' if same else moment(local)} {plain(known.time_zone)}"
