"""Keyboard shortcuts: one key per page, and keys for the actions of a page.

Streamlit reserves R (rerun) and C (clear the cache) and accepts only letters and digits, so help is
H and the account search S. Eleven lines of JavaScript make `?` and `/` press the same two buttons;
if they do not run, H and S still work. A key works while its button is on the page, so the buttons
are in a row at its end.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards import view
from dashboards.formatting import plain
from dashboards.scripts import COPY, FOCUS, SIGNS, tag
from dashboards.shell import downloads

HELP, FILTERS, EXPORT, LINK, SEARCH = "H", "F", "E", "L", "S"
ACTIONS = {
    f"{HELP} or ?": "This help",
    f"{SEARCH} or /": "The search for an account",
    FILTERS: "The filters of the page, and a way to clear them",
    EXPORT: "The files of the page",
    LINK: "The link to this view",
    "R": "Run the page again (Streamlit's own)",
    "C": "Clear the cache (Streamlit's own)",
    "Tab": "Next control; Enter or Space activates it, Esc closes it",
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
    # without its own parameters, a switch would remove the filters' parameters from the link, which
    # Streamlit refuses; the filters of the next page write theirs again
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="keys"):
        if st.button("Help", shortcut=HELP, type="tertiary", key="key_help"):
            _help(pages)
        if st.button("Filters", shortcut=FILTERS, type="tertiary", key="key_filters"):
            _filters(seen)
        # the header's buttons with the same names have no keys: a key belongs to one button
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
    meanings = ACTIONS | {key: page.title for key, page in pages.items()}
    st.table({f"`{key}`": plain(text) for key, text in meanings.items()}, border="horizontal")


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
        "The link is copied; the button at its end copies it again. It contains filters, ids and "
        "the generation, never names or amounts, and shows this generation, read-only, as long as "
        "it is kept."
    )
    st.html(tag(COPY), width="content", unsafe_allow_javascript=True)
