"""Every page by keyboard: one key a page, and keys for what a reader does on each.

Streamlit keeps R (rerun) and C (clear the cache) for itself and takes letters and digits only, so
that help is H and the search for an account S. For readers whose hands know `?` and `/`, eleven
lines of JavaScript press the same two buttons; where they do not run, H and S still do. A key works
while its button stands on the page: they stand in a row at its end.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards import view
from dashboards.formatting import plain
from dashboards.scripts import FOCUS, SIGNS, tag
from dashboards.shell import downloads

HELP, FILTERS, EXPORT, LINK, SEARCH = "H", "F", "E", "L", "S"
ACTIONS = {
    f"{HELP} or ?": "This help",
    f"{SEARCH} or /": "The search for an account",
    FILTERS: "What the page is filtered by, and a way to clear it",
    EXPORT: "The files of the page",
    LINK: "The link to this view",
    "R": "Run the page again (Streamlit's own)",
    "C": "Clear the cache (Streamlit's own)",
    "Tab": "To the next control; Enter or Space uses it, Esc closes it",
}
_SEARCHED = "account_searched"


def row(
    pages: Mapping[str, StreamlitPage],
    shown: StreamlitPage,
    search: StreamlitPage,
    seen: view.View | None,
) -> None:
    """The buttons, each labelled with its key; `search` is the page that finds an account.

    seen: what the page showed when the key was pressed, which is what Filters, Export and Copy link
    are about; None if no page has been shown.
    """
    # without parameters of its own a switch would take out of the link what filters are bound to,
    # which Streamlit refuses; those of the next page write theirs anew
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="keys"):
        if st.button("Help", shortcut=HELP, type="tertiary", key="key_help"):
            _help(pages)
        if st.button("Filters", shortcut=FILTERS, type="tertiary", key="key_filters"):
            _filters(seen)
        # the header's buttons of the same names have no keys: a key belongs to one button
        wanted = view.asked()
        if st.button("Export", shortcut=EXPORT, type="tertiary", key="key_export") or (
            wanted == view.FILES
        ):
            _export(seen)
        if st.button("Copy link", shortcut=LINK, type="tertiary", key="key_link") or (
            wanted == view.LINK
        ):
            _link(seen)
        if st.button("Find account", shortcut=SEARCH, type="tertiary", key="key_search"):
            st.session_state[_SEARCHED] = True
            if search != shown:
                st.switch_page(search, query_params={})
        for key, page in pages.items():
            if (
                st.button(page.title, shortcut=key, type="tertiary", key=f"key_page_{key}")
                and page != shown
            ):
                st.switch_page(page, query_params={})
        st.html(tag(SIGNS), width="content", unsafe_allow_javascript=True)
        if st.session_state.pop(_SEARCHED, False):
            st.html(tag(FOCUS), width="content", unsafe_allow_javascript=True)


@st.dialog("Keys")  # type: ignore[untyped-decorator]
def _help(pages: Mapping[str, StreamlitPage]) -> None:
    told = ACTIONS | {key: page.title for key, page in pages.items()}
    st.table({f"`{key}`": plain(text) for key, text in told.items()}, border="horizontal")


@st.dialog("Filters")  # type: ignore[untyped-decorator]
def _filters(seen: view.View | None) -> None:
    if seen is None or not seen.filters:
        st.caption("This page has no filters.")
        return
    st.table(
        {plain(label): plain(value) for label, value in seen.filters.items()}, border="horizontal"
    )
    if st.button(
        "Clear all filters", type="primary", key="clear_filters", on_click=seen.clear_filters
    ):
        st.rerun()


@st.dialog("Export")  # type: ignore[untyped-decorator]
def _export(seen: view.View | None) -> None:
    if seen is None:
        st.caption("This page offers no files.")
        return
    downloads.all_files(seen)


@st.dialog("Link to this view")  # type: ignore[untyped-decorator]
def _link(seen: view.View | None) -> None:
    links = {} if seen is None else seen.links
    made_with = {} if seen is None else {view.MADE_WITH: str(seen.snapshot.generation)}
    query = urlencode(links | st.query_params.to_dict() | made_with)
    st.code(f"{st.context.url or ''}{f'?{query}' if query else ''}", language=None, wrap_lines=True)
    st.caption(
        "The button at its end copies it. It carries filters, ids and the generation, never names "
        "or amounts. It shows the latest figures, and says so where they are of another generation."
    )
