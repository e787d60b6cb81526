"""Is the quality of revenue holding?"""

import streamlit as st

from dashboards import columns, filters, frame, notes, takeaways
from dashboards.charts.cohorts import triangle
from dashboards.charts.theme import palette
from dashboards.charts.waterfall import steps, waterfall
from dashboards.data import cohorts
from dashboards.data.tables import drawn, rows
from dashboards.formatting import headline, percent, plural
from dashboards.formatting import month as month_name

QUESTION = "Is the quality of revenue holding?"

snapshot, known = frame.open_page()
colors = palette(st.context.theme.type)
_, filter_bar, _ = frame.header(snapshot, known, QUESTION)

VERSIONS = {"Subscription": "subscription", "With usage": "with_usage"}
STEP_NAMES = {
    "new": "New",
    "expansion": "Expansion",
    "reactivation": "Reactivation",
    "contraction": "Contraction",
    "churn": "Churn",
    "other": "Other",
}

with filter_bar:
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
            st.metric(
                f"{name}, twelve months",
                percent(trailing[column]),
                border=True,
                height="stretch",
                chart_data=[float(entry[column]) for entry in history if entry[column] is not None],
                help=frame.help_text(snapshot, "fct_trailing_retention", column),
            )
        st.metric(
            f"MRR, {month_name(months[0]['month'])}",
            headline(months[0]["closing"], known.currency),
            border=True,
            height="stretch",
            chart_data=[float(entry["closing"]) for entry in reversed(months[:12])],
            help=frame.help_text(snapshot, "fct_mrr_movements", "closing_reporting"),
        )

field = cohorts.MEASURES[measure]
cells = cohorts.triangle(snapshot, segment, version)
if cells.num_rows:
    message = {
        "nrr": "What each cohort pays now, against its first month",
        "grr": "What is left of each cohort's first month, growth not counted",
        "logo_retention": "How many of each cohort's accounts still pay",
    }[field]
    with st.container(border=True):
        frame.draw(
            triangle(
                drawn(cells),
                field,
                colors,
                message,
                f"{measure}, share of month 0; 100 % is neutral, dashed: month not closed; "
                "segment frozen at the start",
            )
        )
        frame.download(snapshot, cells, "cohorts")

month = filters.choice("Month", "month", [row["month"] for row in months])
row = next(entry for entry in months if entry["month"] == month)
left, right = st.columns([3, 2], gap="medium")
with left:
    named = [(STEP_NAMES[name], row[name]) for name in (*cohorts.MOVEMENTS, "other")]
    bars = steps(
        ("Opening", row["opening"]),
        [step for step in named if step[1] or step[0] != "Other"],
        ("Closing", row["closing"]),
    )
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
            for name in (*cohorts.MOVEMENTS, "other")
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
    column_order=["month", "opening", *cohorts.MOVEMENTS, "other", "closing", "closing_accounts"],
    column_config={
        "month": columns.name("Month"),
        "closing_accounts": columns.count("Accounts"),
        **{
            name: columns.money(label, help=frame.help_text(snapshot, "fct_mrr_movements", name))
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
frame.definitions(snapshot, "fct_cohort_retention", "fct_trailing_retention", "fct_mrr_movements")
