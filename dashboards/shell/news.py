"""What was published or refused after the generation that a page shows."""

import streamlit as st

from dashboards.data import refreshes
from dashboards.data.freshness import hour
from dashboards.data.warehouse import (
    BadSnapshot,
    NoSnapshot,
    Snapshot,
    another,
    current,
    home,
    release,
)
from dashboards.formatting import moment, plain

# how often an open page checks for a newer generation
LOOK_EVERY_SECONDS = 60


@st.fragment(run_every=LOOK_EVERY_SECONDS)  # type: ignore[untyped-decorator]
def first_refresh() -> None:
    """What is missing for the first snapshot; the page opens on its own once it is published."""
    if _is_published():
        st.rerun(scope="app")
    since = refreshes.running()
    if since is not None:
        st.info(
            f"The first refresh has been running since {hour(since)} UTC. This page checks every "
            "minute and shows the figures once they are published.",
            icon=":material/hourglass_top:",
        )
        return
    _say_why(refreshes.unpublished())
    st.markdown("This home has no snapshot. Run the first refresh, then reload this page:")
    st.code(f"make run\n# or, for a home of your own\nseatshift refresh --home {home()}", "shell")


def _is_published() -> bool:
    try:
        current()
    except (NoSnapshot, BadSnapshot):
        return False
    return True


@st.fragment(run_every=LOOK_EVERY_SECONDS)  # type: ignore[untyped-decorator]
def bulletin(snapshot: Snapshot, theme: str | None) -> None:
    """Whether a refresh is running or was not published; a button for a newer generation.

    Until it is pressed, the page stays with its generation; if the reader's system has turned dark
    or light, the charts are redrawn in the other colours.
    """
    if st.context.theme.type != theme:
        st.rerun(scope="app")
    since = refreshes.running()
    if since is not None:
        st.caption(
            f":blue[:material/hourglass_top: A refresh has been running since {hour(since)} UTC; "
            f"these figures are of generation {snapshot.generation}]",
            width="content",
            help="It does not change this page: a new generation is offered here.",
        )
    else:
        ended = refreshes.unpublished()
        if ended is not None:
            name = "Refresh refused" if ended.was_refused else "Refresh not finished"
            with st.popover(name, type="tertiary", icon=":material/error:", key="unpublished"):
                _say_why(ended)
                st.caption(
                    f"This page shows generation {snapshot.generation}, as it was published."
                )
    _offer(snapshot)


def _say_why(ended: refreshes.Unpublished | None) -> None:
    """Why a build was not published, and what to do."""
    if ended is None:
        return
    if not ended.was_refused:
        st.warning(
            f"The refresh of {hour(ended.at)} UTC ended before it was published: run `seatshift "
            "refresh` and read its message.",
            icon=":material/error:",
        )
        return
    st.error(
        f"The audit refused the refresh of {hour(ended.at)} UTC: fix what it names in the "
        "exports (`seatshift check` names file and row), then run `seatshift refresh`.",
        icon=":material/error:",
    )
    st.markdown("\n".join(f"- {plain(reason)}" for reason in ended.reasons))
    if ended.docs:
        st.link_button(
            "Data Docs of the refused build",
            ended.docs,
            icon=":material/open_in_new:",
            type="tertiary",
        )


def _offer(snapshot: Snapshot) -> None:
    """A button that shows a newer generation."""
    published = another(snapshot)
    if published is None:
        return
    said = "is ready" if published.generation > snapshot.generation else "is published again"
    if st.button(
        f"Generation {published.generation} {said} – show it",
        icon=":material/update:",
        type="primary",
        key="show_published",
        help=f"Data as of {moment(published.as_of)} UTC. This page stays with generation "
        f"{snapshot.generation} until you ask for the other.",
    ):
        release()
        st.rerun(scope="app")
