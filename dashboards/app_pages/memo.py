"""What should we decide, and what does it bring?"""

import streamlit as st

from dashboards import filters, memo, takeaways
from dashboards.data import decision, journal
from dashboards.data import memo as figures
from dashboards.data.tables import rows
from dashboards.panels import memo as panels
from dashboards.panels.data_gaps import gaps_panel
from dashboards.panels.decision import chips
from dashboards.shell import display, foot, header

page = header.begin("What should we decide, and what does it bring?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

ranked = rows(decision.verdicts(snapshot))
if not ranked:
    display.answer(view, takeaways.decision(None))
    display.nothing(
        view,
        "The snapshot holds no closed month.",
        "Add exports that reach past the end of a calendar month and run `seatshift refresh`.",
    )
    foot.stop(view)
with page.filters:
    segment = filters.segment(
        view,
        key="verdict",
        default=str(ranked[0]["segment"]),
        help=filters.of_all_currencies(known.currency),
    )
    proposal = filters.proposal_or_best(view)
verdict = next((row for row in ranked if row["segment"] == segment), None)
if verdict is None:
    display.answer(view, "This segment has no verdict yet.")
    display.nothing(view, "This segment has no verdict yet.", "Choose another one.")
    foot.stop(view)

view.verdict = verdict["verdict"]
moves = rows(figures.moves(snapshot))
asked = proposal["scenario_id"] if proposal else verdict["scenario_id"]
move = next(
    (row for row in moves if (row["segment"], row["scenario_id"]) == (segment, asked)), None
)
gaps = rows(decision.gaps(snapshot, segment))
signals = rows(decision.signals(snapshot, segment))
still = next(iter(rows(decision.standing_still(snapshot, segment))), None)
state = panels.State(
    view=view,
    known=known,
    colors=colors,
    verdict=verdict,
    move=move,
    still=still,
    moves=moves,
    mix=rows(figures.best_mix(snapshot)),
    sentence=memo.sentence(verdict, move, gaps, known.currency),
)
decided = journal.latest_decision(segment)
with page.beside:
    chips(verdict, is_stale=page.state.is_stale)
display.answer(view, state.sentence)
with page.filters:
    panels.decide_panel(state)
if verdict["verdict"] == "hold_data":
    gaps_panel(state, segment)
panels.figures_panel(state)
panels.matrix_panel(state)
cells = st.grid(3, min_column_width=330, gap="small")
with cells.container():
    panels.bridge_panel(state)
with cells.container():
    panels.points_panel(state, signals)
with cells.container():
    panels.six_panel(state, f"{decided['data_as_of']:%Y-%m-%d}" if decided else None)
foot.definitions(
    view,
    "fct_proposal_moves",
    "fct_account_moves",
    "fct_best_mix",
    "fct_revenue_bridges",
    "fct_standing_still",
    "fct_verdicts",
    "fct_slice_metrics",
)
