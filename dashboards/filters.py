"""Filters stored in the URL: a pasted link shows the same view, and a bad value is reported.

Streamlit's own binding writes the label that the reader sees, which works if label and id are the
same. Where a name is shown (accounts, proposals), the URL has the id, because names do not belong
in links, and `by_id` keeps the two in sync.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import streamlit as st

from dashboards import labels
from dashboards.data import accounts
from dashboards.data.facts import EVERYONE, currencies, scenarios, segments
from dashboards.data.tables import Row, rows
from dashboards.formatting import number as number_of
from dashboards.formatting import period_name, plain, plural, undirected
from dashboards.view import View

# in a link: the proposal that each segment's verdict names
BEST = "best"
# the most names listed at once: ten thousand would be sent with every run of a page
LISTED = 200
# up to this many accounts are all in one box, which the browser searches as one types
FEW = 2_000


def segment(
    view: View,
    *,
    key: str = "segment",
    default: str = EVERYONE,
    help: str | None = None,
    width: int = 180,
) -> str:
    """One segment or all; a page with another default needs its own key."""
    options = segments(view.snapshot)
    chosen = choice(
        view,
        "Segment",
        key,
        options,
        default=default,
        format_func=labels.segment,
        help=help,
        width=width,
    )
    view.segment = chosen
    return chosen


def currency(view: View, narrows: str | None = None) -> str:
    """Accounts billed in one currency, or all; figures stay in the reporting currency.

    narrows: which parts of the page follow the choice, if not all of them do.
    """
    return choice(
        view,
        "Billed in",
        "currency",
        currencies(view.snapshot),
        format_func=lambda name: "All currencies" if name == EVERYONE else name,
        help=narrows
        or "Accounts billed in this currency today; amounts stay in the reporting currency.",
        width=136,
    )


def all_currencies(view: View, reporting: str) -> None:
    """A disabled filter, for pages whose figures are published for all currencies together."""
    st.selectbox(
        "Billed in",
        ["All currencies"],
        key="currency_all",
        help=of_all_currencies(reporting),
        width=136,
    )
    view.filters["Billed in"] = "All currencies"


def of_all_currencies(reporting: str) -> str:
    """Why a page cannot be filtered by currency."""
    return (
        "This page's figures are published for accounts of all currencies together, in "
        f"{plain(reporting)} at each month's rate."
    )


def scenario(view: View) -> Row | None:
    """One proposal; None if none is published."""
    found = {str(row["scenario_id"]): row for row in scenarios(view.snapshot)}
    if not found:
        return None
    names = {scenario_id: str(row["scenario_name"]) for scenario_id, row in found.items()}
    picked = by_id(view, "Proposal", "scenario", names, default=next(iter(names)), width=220)
    return found[picked] if picked is not None else None


def proposal_or_best(view: View) -> Row | None:
    """One proposal; None while each segment shows the one named by its verdict."""
    found = {str(row["scenario_id"]): row for row in scenarios(view.snapshot)}
    names = {BEST: "Best per segment"} | {
        scenario_id: str(row["scenario_name"]) for scenario_id, row in found.items()
    }
    picked = by_id(
        view,
        "Scenario",
        "scenario",
        names,
        default=BEST,
        # its options differ from other pages' proposals, so Streamlit needs another key
        widget="scenario_or_best",
        help="The proposal whose figures are shown next to the verdicts; the verdicts stay as "
        "published.",
        width=172,
    )
    return found.get(str(picked))


def account(view: View) -> str | None:
    """An account by name or id; None until one is chosen.

    A few accounts are all listed. Many would be megabytes with every run, so the reader types part
    of a name to narrow the list; that text stays out of the link.
    """
    is_few = accounts.count(view.snapshot) <= FEW
    names = accounts.names(view.snapshot) if is_few else _found(view)
    shown = {account_id: f"{undirected(name)} · {account_id}" for account_id, name in names.items()}
    chosen = by_id(
        view,
        "Account",
        "account",
        shown,
        placeholder="Type a name or an id" if is_few else "Choose an account",
        width=340,
    )
    view.account_id = chosen
    return chosen


def _found(view: View) -> dict[str, str]:
    """Names by id of the chosen account and of the accounts that match the search."""
    widget, done = "account_find", "account_found"
    view.defaults[widget] = ""
    typed = st.text_input(
        "Find account",
        key=widget,
        max_chars=80,
        placeholder="Part of a name, or an id",
        icon=":material/search:",
        help="Press Enter: matching accounts are listed next to it, and a single match is shown.",
        width=240,
    )
    text = undirected(typed or "").strip()
    listed = rows(accounts.named_like(view.snapshot, text, LISTED))
    found = listed[0]["found"] if listed else 0
    meant = listed if found == 1 else [row for row in listed if row["is_it"]]
    if text and text != st.session_state.get(done) and len(meant) == 1:
        st.session_state["account_pick"] = meant[0]["account_id"]
    st.session_state[done] = text
    st.caption(_count_found(text, found), width="content")
    names = {str(row["account_id"]): str(row["account_name"]) for row in listed}
    remembered = (
        st.session_state.get("account_pick"),
        st.query_params.get("account"),
        st.session_state.get("account_last"),
    )
    known = (accounts.profile(view.snapshot, str(one)) for one in dict.fromkeys(remembered) if one)
    return {row["account_id"]: row["account_name"] for row in known if row is not None} | names


def _count_found(text: str, found: int) -> str:
    """How many accounts were found, and what to do if not all of them are listed."""
    listed = f"the first {number_of(LISTED)} are listed"
    if not text:
        return f"{plural(found, 'account')}; {listed}."
    what = f"{plural(found, 'account contains', 'accounts contain')} “{plain(text)}”"
    if not found:
        return f"No account's name or id contains “{plain(text)}”."
    return f"{what}; {listed}: type more of the name, or the id." if found > LISTED else f"{what}."


def choice(
    view: View,
    label: str,
    key: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    format_func: Callable[[str], str] = str,
    help: str | None = None,
    width: int = 210,
) -> str:
    """A select box bound to the URL parameter `key`; options must not be empty.

    The choice is remembered across pages that do not have this box.
    """
    _tell_of_bad_value(label, key, [format_func(option) for option in options])
    index = options.index(default) if default in options else 0
    last = f"{key}_last"
    before = st.session_state.get(last)
    # on another page the same box is another one: its link sets it, or else what was chosen before
    is_moved = st.session_state.get(f"{key}_on") != view.page
    st.session_state[f"{key}_on"] = view.page
    if is_moved and key in st.query_params:
        st.session_state.pop(key, None)
    is_new = (is_moved or key not in st.session_state) and key not in st.query_params
    if is_new and before in options:
        st.session_state[key] = before
    # a choice from another page, or from other options, may not be offered here
    if st.session_state.get(key, options[index]) not in options:
        del st.session_state[key]
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
    chosen = picked if picked in options else options[index]
    # the next generation may have another default
    st.session_state[last] = chosen if chosen != options[index] else None
    view.filtered(label, format_func(chosen), key, options[index])
    view.links[key] = format_func(chosen)
    return chosen


def switch(
    view: View,
    label: str,
    key: str,
    options: Sequence[str],
    *,
    default: str | None = None,
    help: str | None = None,
    is_labelled: bool = True,
) -> str:
    """A few fixed options side by side, bound to the URL parameter `key`; the first is default."""
    usual = default if default is not None and default in options else options[0]
    _tell_of_bad_value(label, key, options)
    picked = st.segmented_control(
        label,
        options,
        default=usual,
        required=True,
        key=key,
        bind="query-params",
        help=help,
        label_visibility="visible" if is_labelled else "collapsed",
    )
    chosen = picked if picked in options else usual
    view.filtered(label, chosen, key, usual)
    return chosen


def period(view: View, months: Sequence[str], *, help: str | None = None) -> tuple[str, str]:
    """The first and last of some months, written as 2026-10; all of them by default.

    If the period ends before it begins, a message says so and all months are shown.
    """
    first = month(view, "From", "from", months, help=help, width=116)
    last = month(view, "To", "to", months, default=months[-1], width=116)
    if first <= last:
        return first, last
    st.toast(
        "The period ends before it begins; all months are shown.", icon=":material/date_range:"
    )
    view.filters |= {"From": period_name(months[0]), "To": period_name(months[-1])}
    return months[0], months[-1]


def month(
    view: View,
    label: str,
    parameter: str,
    months: Sequence[str],
    *,
    default: str | None = None,
    help: str | None = None,
    width: int = 130,
) -> str:
    """One of some months: 2026-10 (or a quarter, 2026-Q4) in the URL, "Oct 2026" on the page.

    An option that is not a month (such as "none") is shown unchanged; months must not be empty.
    """
    picked = by_id(
        view,
        label,
        parameter,
        {name: period_name(name) for name in months},
        default=default or months[0],
        help=help,
        width=width,
    )
    assert picked is not None
    return picked


def number(
    view: View,
    label: str,
    key: str,
    *,
    default: int,
    least: int = 0,
    most: int = 1_000_000,
    step: int = 1,
    help: str | None = None,
    width: int = 130,
) -> int:
    """A whole number bound to the URL parameter `key`; out of bounds, the default applies."""
    asked = st.query_params.get(key)
    if asked is not None and key not in st.session_state:
        is_whole = asked.isascii() and asked.removeprefix("-").isdigit()
        if not is_whole or not least <= int(asked) <= most:
            _tell(label)
    picked = st.number_input(
        label,
        min_value=least,
        max_value=most,
        value=default,
        step=step,
        key=key,
        bind="query-params",
        help=help,
        width=width,
    )
    chosen = default if picked is None else int(picked)
    view.filtered(label, str(chosen), key, default)
    return chosen


def several(
    view: View,
    label: str,
    parameter: str,
    names: Mapping[str, str],
    *,
    placeholder: str | None = None,
    help: str | None = None,
    width: int = 260,
) -> tuple[str, ...]:
    """Any of some names, whose ids are in the URL, separated by commas; none by default.

    Only the first of many names are listed; others are found by typing an id or part of a name.
    """
    widget, typed = f"{parameter}_picks", f"{parameter}_typed"
    if widget not in st.session_state:
        asked = [name for name in st.query_params.get(parameter, "").split(",") if name]
        known = [name for name in asked if name in names]
        if len(known) < len(asked):
            _tell(label)
        st.session_state[widget] = known
    else:
        _take_typed(widget, typed, names)
    offered = {
        **dict.fromkeys(st.session_state[widget]),
        **dict.fromkeys(_holding(st.session_state.get(typed, ""), names)),
    }
    picked = st.multiselect(
        label,
        [*offered, *islice((name for name in names if name not in offered), LISTED)],
        key=widget,
        format_func=lambda option: names.get(option, option),
        accept_new_options=True,
        select_all=False,
        placeholder=placeholder,
        help=help,
        width=width,
    )
    chosen = tuple(name for name in picked if name in names)
    view.filtered(label, ", ".join(names[name] for name in chosen) or "none", widget, [])
    if chosen:
        st.query_params[parameter] = ",".join(chosen)
    else:
        st.query_params.pop(parameter, None)
    return chosen


def _take_typed(widget: str, typed: str, names: Mapping[str, str]) -> None:
    """Resolve what the reader typed to a name; if several match, list them."""
    resolved: dict[str, None] = {}
    for pick in st.session_state[widget]:
        meant = [pick] if pick in names else _holding(str(pick), names)
        if len(meant) == 1:
            resolved[meant[0]] = None
            continue
        st.session_state[typed] = str(pick) if meant else ""
        many = f"{'at least ' if len(meant) == LISTED else ''}{len(meant)}"
        st.toast(
            f"{many} names contain “{plain(str(pick))}”; they are now listed first."
            if meant
            else f"No name or id contains “{plain(str(pick))}”.",
            icon=":material/person_search:",
        )
    if list(resolved) != list(st.session_state[widget]):
        st.session_state[widget] = list(resolved)


def _holding(text: str, names: Mapping[str, str]) -> list[str]:
    """The exact id or name; else the first ones that contain the text; none for an empty text."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    same = [name for name, shown in names.items() if wanted in (name.casefold(), shown.casefold())]
    if same:
        return same
    found = (name for name, shown in names.items() if wanted in shown.casefold())
    return list(islice(found, LISTED))


def search(
    view: View, label: str, key: str, *, placeholder: str | None = None, width: int = 260
) -> str:
    """Search words, bound to the URL parameter `key`; empty if there are none."""
    typed = st.text_input(
        label,
        key=key,
        bind="query-params",
        max_chars=80,
        placeholder=placeholder,
        icon=":material/search:",
        width=width,
    )
    view.filtered(label, typed or "", key, "")
    return (typed or "").strip()


def text(
    view: View, label: str, key: str, *, placeholder: str, help: str | None = None, width: int = 150
) -> str:
    """A short text bound to the URL parameter `key`; empty if none is given."""
    typed: str | None = st.text_input(
        label,
        key=key,
        bind="query-params",
        max_chars=24,
        placeholder=placeholder,
        help=help,
        width=width,
    )
    view.filtered(label, typed or "as published", key, "")
    return (typed or "").strip()


def by_id(
    view: View,
    label: str,
    parameter: str,
    names: Mapping[str, str],
    *,
    default: str | None = None,
    placeholder: str | None = None,
    widget: str | None = None,
    help: str | None = None,
    width: int = 260,
) -> str | None:
    """A box to choose one of some names, whose id is in the URL; None while none is chosen.

    Boxes that share a parameter but have different options need their own `widget` keys.

    The choice survives a change of page, which removes the parameter from the URL. An option that
    is no longer offered, such as a month of another account, is silently replaced by the default.
    """
    widget, last = widget or f"{parameter}_pick", f"{parameter}_last"
    asked, before = st.query_params.get(parameter), st.session_state.get(last)
    if asked is not None and asked not in names:
        if asked != before:
            _tell(label)
        asked = None
    wanted = asked or before or default
    if wanted not in names:
        wanted = default
    stood = st.session_state.get(widget)
    # on another page the same box is another one; it starts with what was chosen before
    is_moved = st.session_state.get(f"{widget}_on") != view.page
    st.session_state[f"{widget}_on"] = view.page
    if (
        widget not in st.session_state
        or is_moved
        or (stood is not None and stood not in names)
        or (asked and asked != before)
    ):
        st.session_state[widget] = wanted
    picked: str | None = st.selectbox(
        label,
        list(names),
        index=None if default is None else 0,
        key=widget,
        format_func=lambda option: names.get(option, option),
        placeholder=placeholder,
        help=help,
        width=width,
    )
    if picked not in names:
        picked = default
    # only an explicit choice is remembered: another page may have another default
    st.session_state[last] = None if picked == default else picked
    shown = names[picked] if picked is not None else "none chosen"
    view.filtered(label, shown, widget, default)
    if picked is not None:
        view.links[parameter] = picked
    if picked is None or picked == default:
        st.query_params.pop(parameter, None)
    elif st.query_params.get(parameter) != picked:
        st.query_params[parameter] = picked
    return picked


def _tell_of_bad_value(label: str, key: str, allowed: Sequence[str]) -> None:
    asked = st.query_params.get(key)
    if asked is not None and asked not in allowed and key not in st.session_state:
        _tell(label)


def _tell(label: str) -> None:
    st.toast(
        f"The link's value for {label.lower()} is not available here; the default is shown.",
        icon=":material/link_off:",
    )
