"""Which signals fired, since when, and which is nearest to firing?"""

import streamlit as st

from dashboards import filters, labels, takeaways
from dashboards.data import triggers
from dashboards.data.tables import rows
from dashboards.formatting import number, plain, plural
from dashboards.panels import triggers as panels
from dashboards.panels import value_fit
from dashboards.shell import display, downloads, foot, header

page = header.begin("Which signals fired, since when, and which is nearest to firing?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(view)
    filters.all_currencies(view, known.currency)
    months = int(filters.switch(view, "Months", "months", ["12", "24"]))

latest_table = triggers.signals(snapshot, segment)
latest = rows(latest_table)
parts_table = triggers.parts(snapshot, segment)
parts = rows(parts_table)
verdict = triggers.trigger(snapshot, segment)
signal_state = {row["signal"]: row["state"] for row in latest}


nearest = sorted(
    (
        row
        for row in parts
        if row["is_available"]
        and signal_state.get(row["signal"]) == "off"
        and row["moves_away"] is not None
    ),
    key=panels.nearness,
)
display.answer(
    view,
    takeaways.triggers(
        segment,
        latest,
        verdict["is_trigger"] if verdict else None,
        nearest[0] if nearest else None,
        known.currency,
    ),
)
if not latest:
    display.nothing(
        view,
        "No closed month has signals for this segment.",
        "They need two closed months: add exports that cover whole months and run "
        "`seatshift refresh`.",
    )
    foot.stop(view)


left, right = st.columns([6, 5], gap="medium")
state = panels.State(
    colors=colors,
    known=known,
    view=view,
    months=months,
    segment=segment,
    latest=latest,
    parts=parts,
    nearest=nearest,
)
with left:
    panels.strip(state)
with right:
    panels.now(state)
value_fit.panel(state)
panels.multiples(state)
with st.expander("Change a line", icon=":material/tune:"):
    panels.editor(state)
left, right = st.columns(2, gap="medium")
with left:
    panels.near(state)
    downloads.download(view, parts_table, "signals")
with right:
    panels.segments_panel(state)
panels.changes_panel(state)
missing = [row for row in latest if not row["is_available"]]
if missing:
    st.caption(
        f"{number(len(missing))} of {plural(len(latest), 'signal')} not available: "
        + "; ".join(f"{labels.signal(row['signal'])} ({plain(row['reason'])})" for row in missing)
        + "."
    )
foot.definitions(
    view, "fct_signals", "fct_signal_parts", "fct_segment_metrics", "fct_seat_value_fit"
)
