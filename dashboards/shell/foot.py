"""The foot of every page: its definitions, and the generation, price book and build it shows."""

from typing import NoReturn

import streamlit as st

from dashboards.data.badge import latest_verdict
from dashboards.data.definitions import model_definitions, version_in_force
from dashboards.data.facts import facts
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import month, plain
from dashboards.formatting import words as spelt
from dashboards.labels import VERDICT_COLORS, VERDICT_ICONS, VERDICTS
from dashboards.labels import segment as segment_name
from dashboards.shell import notes
from dashboards.view import View

# pages that show their segment's verdict beside the state of the data
OWN_CHIP = ("memo", "decision")


def stop(view: View) -> NoReturn:
    """End the page here, with its notes and the generation it shows."""
    _made_with(view.snapshot)
    notes.panel(view)
    end()


def end() -> NoReturn:
    """End the page's script here."""
    st.stop()
    raise AssertionError("st.stop() does not return")


def definitions(view: View, *models: str) -> None:
    """The foot of a page: the descriptions of its models, its notes, and what it was made from."""
    view.models.extend(models)
    _chip(view)
    with st.expander("Definitions", icon=":material/menu_book:"):
        for row in model_definitions(view.snapshot, models):
            version = version_in_force(view.snapshot, row["model"])
            text = str(row["definition"] or "no description published")
            view.definitions.append((str(row["model"]), text))
            st.markdown(f"`{row['model']}` — {text}{f' :small[({version})]' if version else ''}")
    _made_with(view.snapshot)
    notes.panel(view)


def _chip(view: View) -> None:
    """The verdict of the page's segment, or its account's; Memo and Decision have their own."""
    row = latest_verdict(view.snapshot, view.account_segment or view.segment)
    if view.verdict_place is None or row is None or view.page in OWN_CHIP:
        return
    about = segment_name(row["segment"])
    proposal = row["scenario_name"] or row["scenario_id"] or "no proposal"
    with view.verdict_place:
        st.badge(
            VERDICTS.get(row["verdict"], spelt(row["verdict"]).upper()),
            icon=VERDICT_ICONS.get(row["verdict"]),
            color=VERDICT_COLORS.get(row["verdict"], "gray"),
            help=f"**{plain(about)}, {month(row['month'])}, {plain(proposal)}:** "
            f"{plain(row['sentence'])}",
        )


def _made_with(snapshot: Snapshot) -> None:
    """The line at the foot of every page by which its figures can be reproduced."""
    st.caption(
        f"Generation {snapshot.generation} · price book `{facts(snapshot).price_version}` · "
        f"build `{snapshot.build_id}`"
    )
