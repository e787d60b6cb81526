"""From a list of customers to one of them, and the way back."""

from collections.abc import Mapping

import streamlit as st

from dashboards.formatting import plain

ACCOUNT = "app_pages/account.py"
# the account that a list led to, and the list: its page, name and parameters
_WAY = "way_to_account"


def to_account(
    account_id: str, scenario_id: str | None, page: str, named: str, link: Mapping[str, str]
) -> None:
    """Open both bills of a customer; page and link: where the list is, named: what it is."""
    st.session_state[_WAY] = (account_id, page, named, dict(link))
    asked = {"account": account_id} | ({"scenario": scenario_id} if scenario_id else {})
    st.switch_page(ACCOUNT, query_params=asked)


def back(account_id: str, name: str) -> None:
    """The way back to the list that led to this account, if one did."""
    way = st.session_state.get(_WAY)
    if way is None or way[0] != account_id:
        return
    _, page, named, link = way
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.page_link(
            f"app_pages/{page}.py",
            label=plain(named),
            icon=":material/arrow_back:",
            query_params=link,
            width="content",
        )
        st.caption(f"› {plain(name)}", width="content")
