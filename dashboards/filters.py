"""Filters that live in the URL: a pasted link shows the same view, a bad value says so."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboards import labels
from dashboards.data.facts import EVERYONE, scenarios, segments
from dashboards.data.tables import Row
from dashboards.data.warehouse import Snapshot


def segment(snapshot: Snapshot, *, key: str = "segment", default: str = EVERYONE) -> str:
    """One segment or all; a page with another default needs a key of its own."""
    options = segments(snapshot)
    return choice("Segment", key, options, default=default, format_func=labels.segment)


def scenario(snapshot: Snapshot, *, default: str | None = None) -> Row | None:
    """One proposal; None where none is published."""
    options = {row["scenario_id"]: row for row in scenarios(snapshot)}
    if not options:
        return None
    picked = choice("Proposal", "scenario", list(options), default=default)
    return options[picked]


def choice(
    label: str,
    key: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    format_func: Callable[[str], str] = str,
    help: str | None = None,
    width: int = 230,
) -> str:
    """A select box bound to the URL parameter `key`; options must not be empty."""
    _tell_of_bad_value(label, key, [format_func(option) for option in options])
    index = options.index(default) if default in options else 0
    picked: str = st.selectbox(
        label,
        options,
        index=index,
        key=key,
        bind="query-params",
        format_func=format_func,
        help=help,
        width=width,
    )
    return picked if picked in options else options[index]


def switch(label: str, key: str, options: Sequence[str], *, help: str | None = None) -> str:
    """A few fixed options side by side, bound to the URL parameter `key`; the first is default."""
    _tell_of_bad_value(label, key, options)
    picked = st.segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        bind="query-params",
        help=help,
    )
    return picked if picked in options else options[0]


def account(label: str, options: dict[str, str]) -> str | None:
    """An account by name; the URL carries its id alone, as names do not belong there."""
    ids = list(options)
    asked = st.query_params.get("account")
    if asked is not None and asked not in options:
        st.warning(
            "The link names an account that is not here; choose one.", icon=":material/link_off:"
        )
        asked = None
    if "account_pick" not in st.session_state or st.session_state.get("account_asked") != asked:
        st.session_state["account_pick"] = asked
    picked: str | None = st.selectbox(
        label,
        ids,
        index=None,
        key="account_pick",
        format_func=lambda account_id: f"{options[account_id]} · {account_id}",
        placeholder="Type a name or an id",
        width=360,
    )
    if picked is None:
        st.query_params.pop("account", None)
    elif st.query_params.get("account") != picked:
        st.query_params["account"] = picked
    st.session_state["account_asked"] = picked
    return picked


def _tell_of_bad_value(label: str, key: str, allowed: Sequence[str]) -> None:
    asked = st.query_params.get(key)
    if asked is not None and asked not in allowed and key not in st.session_state:
        st.toast(
            f"The link asked for a {label.lower()} that is not here; the default is shown.",
            icon=":material/link_off:",
        )
