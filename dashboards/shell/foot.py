"""The end of every page: the definitions behind it, and what it was made with."""

from typing import NoReturn

import streamlit as st

from dashboards import view
from dashboards.data.badge import latest_verdict
from dashboards.data.definitions import model_definitions, version_in_force
from dashboards.data.facts import facts
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import month, plain
from dashboards.formatting import words as spelt
from dashboards.labels import VERDICT_COLORS, VERDICT_ICONS, VERDICTS
from dashboards.labels import segment as segment_name
from dashboards.shell import notes


def stop() -> NoReturn:
    """End the page here, with its notes and what it was made with, where there is anything."""
    snapshot = view.this_run().snapshot
    if snapshot is not None:
        _made_with(snapshot)
    notes.panel()
    st.stop()
    raise AssertionError("st.stop() does not return")


def definitions(snapshot: Snapshot, *models: str) -> None:
    """The foot of a page: the models behind it in dbt's words, and what it was made with."""
    seen = view.this_run()
    seen.models.extend(models)
    _chip(snapshot)
    with st.expander("Definitions", icon=":material/menu_book:"):
        for row in model_definitions(snapshot, models):
            version = version_in_force(snapshot, row["model"])
            text = str(row["definition"] or "no description published")
            seen.definitions.append((str(row["model"]), text))
            st.markdown(f"`{row['model']}` — {text}{f' :small[({version})]' if version else ''}")
    _made_with(snapshot)


def _chip(snapshot: Snapshot) -> None:
    """The verdict of the page's segment, or its account's; the Decision page has its own."""
    seen = view.this_run()
    row = latest_verdict(snapshot, seen.account_segment or seen.segment)
    if seen.verdict_place is None or row is None or seen.page == "decision":
        return
    about = segment_name(row["segment"])
    proposal = row["scenario_name"] or row["scenario_id"] or "no proposal"
    with seen.verdict_place:
        st.badge(
            VERDICTS.get(row["verdict"], spelt(row["verdict"]).upper()),
            icon=VERDICT_ICONS.get(row["verdict"]),
            color=VERDICT_COLORS.get(row["verdict"], "gray"),
            help=f"**{plain(about)}, {month(row['month'])}, {plain(proposal)}:** "
            f"{plain(row['sentence'])}",
        )


def _made_with(snapshot: Snapshot) -> None:
    """The line at the foot of every page, by which its figures are found again."""
    st.caption(
        f"Generation {snapshot.generation} · price book `{facts(snapshot).price_version}` · "
        f"build `{snapshot.build_id}`"
    )
