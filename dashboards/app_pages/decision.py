"""Should we migrate, which segment, when, and how sure are we?"""

from functools import partial

import streamlit as st

from dashboards import filters, forecast_accuracy, takeaways
from dashboards.data import decision
from dashboards.data.tables import rows
from dashboards.data.thresholds import threshold
from dashboards.formatting import (
    plain,
)
from dashboards.panels import decision as panels
from dashboards.panels.data_gaps import gaps_panel
from dashboards.shell import display, downloads, foot, header

page = header.begin("Which segment, when, and how sure are we?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors


with page.filters:
    found = rows(decision.verdicts(snapshot))
    if found:
        # its first screen has no room for a box that has nothing to choose
        segment = filters.segment(
            view,
            key="verdict",
            default=str(found[0]["segment"]),
            help=filters.of_all_currencies(known.currency),
            width=132,
        )
        proposal = filters.proposal_or_best(view)
if not found:
    display.answer(view, takeaways.decision(None))
    display.nothing(
        view,
        "The snapshot holds no closed month.",
        "Add exports that reach past the end of a calendar month and run `seatshift refresh`.",
    )
    foot.stop(view)

# controls stand where they act, and are read before what stands above them is drawn
head = st.container()
whole = st.container(gap="small")
middle, right = st.columns([3, 2], gap="small")
with whole, st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.markdown("**Which segment?** Verdict and effect, range in %", width="content")
    level = int(
        filters.switch(
            view,
            "Confidence level in %",
            "confidence",
            [str(one) for one in decision.LEVELS],
            help="Of a hundred draws of the accounts so many lie within the ranges that are shown. "
            "Limits and verdicts stay with those of 80 %.",
            is_labelled=False,
        )
    )
with right, st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.markdown("**When?**", width="content")
    horizon = int(
        filters.switch(
            view,
            "Horizon in months",
            "horizon",
            [str(one) for one in decision.HORIZONS],
            default="12",
            help="How many months ahead renewals and bills are shown.",
            is_labelled=False,
        )
    )
verdicts = decision.verdicts(snapshot, proposal["scenario_id"] if proposal else None, level)
ranked = rows(verdicts)
least_accounts = int(threshold(snapshot, "small_cell_accounts") or 0)
chosen = next((row for row in ranked if row["segment"] == segment), None)
if chosen is None:
    display.nothing(view, "This segment has no verdict yet.", "Choose another one.")
    foot.stop(view)
beside = takeaways.beside(chosen, proposal["scenario_name"]) if proposal else None

view.verdict = chosen["verdict"]
state = panels.State(
    colors=colors,
    known=known,
    view=view,
    proposal=proposal,
    level=level,
    horizon=horizon,
    verdicts=verdicts,
    ranked=ranked,
    least_accounts=least_accounts,
    beside=beside,
)
with page.beside:
    panels.chips(chosen, is_stale=page.state.is_stale)
with page.filters:
    panels.recorder(state, chosen)
with head:
    with st.container(gap=None):
        display.answer(view, takeaways.decision(chosen))
        if beside:
            st.caption(plain(beside))
    panels.figures(state, chosen)
if chosen["verdict"] == "hold_data":
    with head:
        gaps_panel(state, segment)
with whole:
    panels.segments_panel(state, chosen)
    panels.signals_panel(state, segment)
with middle:
    panels.ranges_panel(state, chosen)
    outlook = panels.horizon_panel(state, chosen)
    still = panels.standing_still(state, segment)
    if still:
        st.caption(plain(still))
with right:
    panels.renewals_panel(state, chosen)
panels.certainty_panel(state, chosen)
panels.windows_panel(state, chosen)
panels.proposals_panel(state, segment)
panels.history_panel(state, segment)
panels.log_panel(state)
downloads.download(view, verdicts, "verdicts", "Download verdicts")
ahead = decision.projections(snapshot, segment, chosen["shown_scenario_id"])
if ahead.num_rows:
    downloads.download(view, ahead, "projections", "Download projections")
    forecast_accuracy.file(view, segment, chosen["shown_scenario_id"])
ahead_words = " ".join(filter(None, (still, outlook))) or None
make_page = partial(panels.one_page, state, chosen, ahead_words, is_stale=page.state.is_stale)
downloads.paper(view, make_page, "decision", "Decision on one page (PDF)")
if panels.ranges_chart(state, chosen, colors) is not None:
    downloads.picture(
        view,
        partial(panels.ranges_chart, state, chosen),
        "revenue-ranges",
        "Revenue ranges (PNG)",
    )
if panels.renewals_chart(state, chosen, colors) is not None:
    downloads.picture(
        view, partial(panels.renewals_chart, state, chosen), "renewals", "Renewals (PNG)"
    )
foot.definitions(
    view,
    "fct_verdicts",
    "fct_verdict_history",
    "fct_signals",
    "fct_segment_scenarios",
    "fct_standing_still",
    "fct_projections",
    "fct_forecast_accuracy",
    "fct_mrr_movements",
    "fct_data_gaps",
)
