"""What was published, or refused, since the data that a page shows."""

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

# how often an open page looks whether something newer was published
LOOK_EVERY_SECONDS = 60


@st.fragment(run_every=LOOK_EVERY_SECONDS)  # type: ignore[untyped-decorator]
def first_refresh() -> None:
    """What stands in the way of the first snapshot; the page goes on by itself when it is there."""
    if _is_published():
        st.rerun(scope="app")
    since = refreshes.running()
    if since is not None:
        st.info(
            f"The first refresh is running since {hour(since)} UTC. This page looks again every "
            "minute and shows the figures when they are published.",
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
    """Whether a refresh is running or was not published, and a way to what was published since.

    The page goes on with its own generation meanwhile; where the reader's system turned dark or
    light since, its charts are drawn in the other colours.
    """
    if st.context.theme.type != theme:
        st.rerun(scope="app")
    since = refreshes.running()
    if since is not None:
        st.caption(
            f":blue[:material/hourglass_top: A refresh is running since {hour(since)} UTC; "
            f"these figures are of generation {snapshot.generation}]",
            width="content",
            help="Nothing on this page changes by it: what it publishes is offered here.",
        )
    else:
        ended = refreshes.unpublished()
        if ended is not None:
            name = "Refresh refused" if ended.was_refused else "Refresh not finished"
            with st.popover(name, type="tertiary", icon=":material/error:", key="unpublished"):
                _say_why(ended)
                st.caption(f"Shown here is generation {snapshot.generation}, as it was published.")
    _offer(snapshot)


def _say_why(ended: refreshes.Unpublished | None) -> None:
    """Why a build was not published, and what to do."""
    if ended is None:
        return
    if not ended.was_refused:
        st.warning(
            f"The refresh of {hour(ended.at)} UTC ended before it was published: run "
            "`seatshift refresh` and read what it says.",
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
    """A way to what was published since."""
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
