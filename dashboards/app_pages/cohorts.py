"""Is the quality of revenue holding?"""

from functools import partial

import streamlit as st

from dashboards import columns, filters, takeaways
from dashboards.charts.cohorts import CELL, triangle
from dashboards.charts.waterfall import steps, waterfall
from dashboards.data import cohorts, glossary
from dashboards.data.facts import EVERYONE, closed_months
from dashboards.data.tables import drawn, rows, trend, within
from dashboards.formatting import headline, percent, plain, plural
from dashboards.formatting import month as month_name
from dashboards.panels import cohorts as panels
from dashboards.shell import display, downloads, foot, header, notes, tables

page = header.begin("Is the quality of revenue holding?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

VERSIONS = {"Subscription": "subscription", "With usage": "with_usage"}

closed = closed_months(snapshot)
with page.filters:
    segment = filters.segment(view)
    currency = filters.currency(
        view,
        "Accounts billed in this currency: for cohorts at their start, for movements in each "
        "month, for twelve-month retention and the workbook today. Amounts stay in "
        f"{plain(known.currency)}.",
    )
    first_month, last_month = (
        filters.period(
            view,
            closed,
            help="Movements of these months, cohorts that started in them, figures of the last "
            "month.",
        )
        if closed
        else ("", "")
    )
    measure = filters.switch(view, "Retention", "retention", list(cohorts.MEASURES))
    version = VERSIONS[
        filters.switch(
            view,
            "MRR",
            "mrr",
            list(VERSIONS),
            help="Subscription excludes metered usage; with usage includes it.",
        )
    ]

step_names = panels.STEP_NAMES
if currency != EVERYONE:
    other = "currencies" if segment == EVERYONE else "segments, currencies"
    step_names = step_names | {"entering": f"From other {other}", "leaving": f"To other {other}"}

moved = within(cohorts.movements(snapshot, segment, version, currency), first_month, last_month)
months = rows(moved)
history = rows(within(cohorts.trailing(snapshot, segment, version, currency), "", last_month))[-12:]
trailing = history[-1] if history and history[-1]["month"] == last_month else None
display.answer(
    view,
    takeaways.billed_in(
        currency,
        takeaways.cohorts(trailing, months[0] if months else None, known.currency),
    ),
)
if not months:
    display.nothing(
        view,
        "No closed month of this segment, currency and period has recurring revenue.",
        "Choose other filters, or add invoices that cover a whole month.",
    )
    foot.stop(view)

if trailing is not None:
    small = f"{plural(trailing['accounts_start'], 'account')} (small)"
    with st.grid(5, min_column_width=170, gap="small"):
        for name, column in (*cohorts.MEASURES.items(),):
            display.card(
                view,
                f"{name}, twelve months",
                percent(trailing[column]),
                small if trailing["is_small"] else None,
                trend=trend(history, column),
                help=display.help_text(snapshot, "fct_trailing_retention", column),
            )
        oldest_first = months[::-1]
        display.card(
            view,
            f"MRR, {month_name(months[0]['month'])}",
            headline(months[0]["closing"], known.currency),
            trend=trend(oldest_first, "closing"),
            help=display.help_text(snapshot, "fct_mrr_movements", "closing_reporting"),
        )
        arpu = months[0]["arpu"]
        display.card(
            view,
            f"ARPU, {month_name(months[0]['month'])}",
            "n/a" if arpu is None else headline(arpu, known.currency),
            str(months[0]["arpu_reason"]) if arpu is None else None,
            trend=trend(oldest_first, "arpu"),
            help=glossary.metric(snapshot, "arpu"),
        )

field = cohorts.MEASURES[measure]
triangle_place = st.container(border=True)
with triangle_place, st.container(horizontal=True, gap="small"):
    granularity = filters.switch(view, "Cohorts by", "granularity", ["Month", "Quarter"]).lower()
    in_cells = filters.switch(view, "In the cells", "cells", ["%", "Amount"])
# with all closed months the triangle is complete: cohorts may be older or just started
begun = (
    first_month if first_month != closed[0] else None,
    last_month if last_month != closed[-1] else None,
)
cells = cohorts.triangle(snapshot, segment, version, granularity, begun, currency)


state = panels.State(
    colors=colors,
    known=known,
    view=view,
    currency=currency,
    segment=segment,
    version=version,
    months=months,
    granularity=granularity,
    cells=cells,
    step_names=step_names,
)
if cells.num_rows:
    fixed = "segment" if currency == EVERYONE else "segment and currency"
    message = {
        "nrr": "What each cohort pays now, compared with its first month",
        "grr": "What is left of each cohort's first month, without growth",
        "logo_retention": "How many of each cohort's accounts still pay",
    }[field]
    with triangle_place:
        display.draw(
            view,
            triangle(
                drawn(cells),
                field,
                colors,
                message,
                f"{measure}, share of {granularity} 0; 100 % is neutral, dashed: {granularity} not "
                f"closed, grey: too few accounts; {fixed} fixed at the start; average over all "
                "cohorts, weighted by size",
                unit=f"{granularity}s",
                shown=cohorts.RETAINED[field] if in_cells == "Amount" else None,
            ),
            clicks=display.Clicks(CELL, "cohort_cell", panels.chosen_cell),
        )
        downloads.download(view, cells, "cohorts")
        panels.accounts_of_cell(state)
else:
    with triangle_place:
        display.nothing(
            view, "No cohort of this segment and currency has started.", "Choose another."
        )


month = filters.month(view, "Month", "month", [row["month"] for row in months])
row = next(entry for entry in months if entry["month"] == month)
left, right = st.columns([3, 2], gap="medium")
with left:
    named = [
        (step_names[name], row[name]) for name in cohorts.MOVEMENTS if panels.is_shown(name, row)
    ]
    bars = steps(("Opening", row["previous_closing"]), named, ("Closing", row["closing"]))
    message = (
        f"MRR went from {headline(row['previous_closing'])} to "
        f"{headline(row['closing'], known.currency)} in {month_name(month)}"
    )
    display.draw(
        view,
        waterfall(
            bars, colors, message, f"MRR, {known.currency}; balances at each month's exchange rate"
        ),
    )
    notes.below(notes.of_months(view, [month]))
with right:
    st.markdown(f"**Movements of {month_name(month)}**")
    tables.grid(
        view,
        [
            {
                "movement": step_names[name],
                "amount": float(row[name]),
                "accounts": row.get(f"{name}_accounts"),
            }
            for name in cohorts.MOVEMENTS
            if panels.is_shown(name, row)
        ],
        hide_index=True,
        placeholder="–",
        column_config={
            "movement": "Movement",
            "amount": columns.money(known.currency),
            "accounts": columns.count("Accounts"),
        },
        alt=f"MRR movements of {month_name(month)} with amounts and accounts",
    )
    if row["carried_accounts"]:
        st.caption(
            f"{plural(row['carried_accounts'], 'account')} without an invoice: "
            "the last MRR is carried forward."
        )

st.markdown("**Movements by month**, balances at each month's exchange rate")
tables.grid(
    view,
    drawn(moved),
    hide_index=True,
    placeholder="–",
    height=320,
    column_order=[
        "month",
        "previous_closing",
        *(name for name in cohorts.MOVEMENTS if any(panels.is_shown(name, row) for row in months)),
        "closing",
        "closing_accounts",
        "arpu",
    ],
    column_config={
        "month": columns.month("Month", pinned=True),
        "closing_accounts": columns.count("Accounts"),
        "arpu": columns.money("ARPU"),
        **{
            name: columns.money(
                label, help=display.help_text(snapshot, "fct_slice_movements", name)
            )
            for name, label in {
                "previous_closing": "Opening",
                **step_names,
                "closing": "Closing",
            }.items()
        },
    },
    alt="MRR movements by month",
)
st.caption(
    "Opening and closing are balances at the end of a month; all columns between are activity in "
    "the month. MRR is the run rate of recurring revenue, not the amount invoiced."
)


downloads.download(view, moved, "mrr-movements")
downloads.workbook(
    view,
    partial(panels.for_models, state),
    "mrr",
    "MRR for models (XLSX)",
    remarks={
        "MRR per subscriber": "One row per account, a column per month: MRR at its end in the "
        "reporting currency at the month's rate; empty if it had none. Filtered by segment "
        "or currency: the accounts in it today.",
        "MRR roll-forward": "Opening, movements and closing, a column per month. Filtered "
        "by segment or currency: what was in it in each month, so the closing differs from the "
        "sum of the accounts if some moved.",
    },
)
foot.definitions(
    view,
    "fct_cohort_slices",
    "fct_cohort_accounts",
    "fct_cohort_averages",
    "fct_trailing_retention",
    "fct_slice_metrics",
    "fct_slice_movements",
)
