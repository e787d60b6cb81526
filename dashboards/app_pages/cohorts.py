"""Is the quality of revenue holding?"""

import streamlit as st

from dashboards import columns, filters, frame, notes, takeaways
from dashboards.charts.cohorts import triangle
from dashboards.charts.waterfall import steps, waterfall
from dashboards.data import cohorts
from dashboards.data.tables import Row, drawn, rows
from dashboards.formatting import headline, percent, plural
from dashboards.formatting import month as month_name

page = frame.begin("Is the quality of revenue holding?")
snapshot, known, colors = page.snapshot, page.known, page.colors

VERSIONS = {"Subscription": "subscription", "With usage": "with_usage"}
STEP_NAMES = {
    "entering": "From other segments",
    "leaving": "To other segments",
    "new": "New",
    "expansion": "Expansion",
    "reactivation": "Reactivation",
    "contraction": "Contraction",
    "churn": "Churn",
    "currency_effect": "Currency",
    "restatement": "Restated",
}
RARE = ("entering", "leaving", "currency_effect", "restatement")

with page.filters:
    segment = filters.segment(snapshot)
    measure = filters.switch("Retention", "retention", list(cohorts.MEASURES))
    version = VERSIONS[
        filters.switch(
            "MRR",
            "mrr",
            list(VERSIONS),
            help="Subscription leaves metered usage out; with usage counts it. Never mixed.",
        )
    ]

moved = cohorts.movements(snapshot, segment, version)
months = rows(moved)
trailing = cohorts.trailing(snapshot, segment, version)
frame.answer(
    takeaways.cohorts(trailing, months[0] if months else None, known.currency),
)
if not months:
    frame.nothing(
        "No closed month of this segment has recurring revenue.",
        "Choose another segment or version, or add invoices that reach past a month's end.",
    )
    frame.stop()

if trailing is not None:
    history = rows(cohorts.trailing_months(snapshot, segment, version))[-12:]
    with st.grid(4, min_column_width=170, gap="small"):
        for name, column in (*cohorts.MEASURES.items(),):
            frame.card(
                f"{name}, twelve months",
                percent(trailing[column]),
                trend=[float(entry[column]) for entry in history if entry[column] is not None],
                help=frame.help_text(snapshot, "fct_trailing_retention", column),
            )
        frame.card(
            f"MRR, {month_name(months[0]['month'])}",
            headline(months[0]["closing"], known.currency),
            trend=[float(entry["closing"]) for entry in reversed(months[:12])],
            help=frame.help_text(snapshot, "fct_mrr_movements", "closing_reporting"),
        )

field = cohorts.MEASURES[measure]
triangle_place = st.container(border=True)
with triangle_place, st.container(horizontal=True, gap="small"):
    granularity = filters.switch("Cohorts by", "granularity", ["Month", "Quarter"]).lower()
    in_cells = filters.switch("In the cells", "cells", ["%", "Amount"])
cells = cohorts.triangle(snapshot, segment, version, granularity)
if cells.num_rows:
    message = {
        "nrr": "What each cohort pays now, against its first month",
        "grr": "What is left of each cohort's first month, growth not counted",
        "logo_retention": "How many of each cohort's accounts still pay",
    }[field]
    with triangle_place:
        frame.draw(
            triangle(
                drawn(cells),
                field,
                colors,
                message,
                f"{measure}, share of {granularity} 0; 100 % is neutral, dashed: {granularity} not "
                "closed, grey: too few accounts; segment frozen at the start; average by size",
                unit=f"{granularity}s",
                shown=cohorts.KEPT[field] if in_cells == "Amount" else None,
            )
        )
        frame.download(snapshot, cells, "cohorts")
else:
    with triangle_place:
        frame.nothing("No cohort of this segment has begun.", "Choose another segment.")


def told(name: str, moved: Row) -> bool:
    """Whether a movement is shown: those that need another segment, or are rare, where they are."""
    return name not in RARE or bool(moved[name])


month = filters.choice("Month", "month", [row["month"] for row in months])
row = next(entry for entry in months if entry["month"] == month)
left, right = st.columns([3, 2], gap="medium")
with left:
    named = [(STEP_NAMES[name], row[name]) for name in cohorts.MOVEMENTS if told(name, row)]
    bars = steps(("Opening", row["opening"]), named, ("Closing", row["closing"]))
    message = (
        f"MRR went from {headline(row['opening'])} to {headline(row['closing'], known.currency)}"
        f" in {month_name(month)}"
    )
    frame.draw(waterfall(bars, colors, message, f"MRR, {known.currency} at the month's rate"))
    notes.below(notes.of_months([month]))
with right:
    st.markdown(f"**Movements of {month_name(month)}**")
    st.dataframe(
        [
            {
                "movement": STEP_NAMES[name],
                "amount": float(row[name]),
                "accounts": row.get(f"{name}_accounts"),
            }
            for name in cohorts.MOVEMENTS
            if told(name, row)
        ],
        hide_index=True,
        placeholder="–",
        column_config={
            "movement": "Movement",
            "amount": columns.money(known.currency),
            "accounts": columns.count("Accounts"),
        },
        alt=f"MRR movements of {month} with amounts and accounts",
    )
    if row["carried_accounts"]:
        st.caption(
            f"{plural(row['carried_accounts'], 'account')} without an invoice: "
            "the last MRR is carried forward."
        )

st.markdown("**Movements by month**, opening and closing at each month's rate")
st.dataframe(
    drawn(moved),
    hide_index=True,
    placeholder="–",
    height=320,
    column_order=[
        "month",
        "opening",
        *(name for name in cohorts.MOVEMENTS if any(told(name, row) for row in months)),
        "closing",
        "closing_accounts",
    ],
    column_config={
        "month": columns.name("Month"),
        "closing_accounts": columns.count("Accounts"),
        **{
            name: columns.money(label, help=frame.help_text(snapshot, "fct_slice_movements", name))
            for name, label in {
                "opening": "Opening",
                **STEP_NAMES,
                "closing": "Closing",
            }.items()
        },
    },
    alt="MRR movements by month",
)
frame.download(snapshot, moved, "mrr-movements")
frame.definitions(
    snapshot,
    "fct_cohort_slices",
    "fct_cohort_averages",
    "fct_trailing_retention",
    "fct_slice_movements",
)
