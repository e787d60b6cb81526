"""The panels of the page Shadow billing: each draws one part of the page from its state."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from dashboards import columns, filters, labels
from dashboards.bounds import Tryout
from dashboards.charts.shadow import beside as beside_chart
from dashboards.data import lab, shadow
from dashboards.data.facts import scenarios
from dashboards.data.tables import Row, drawn, rows
from dashboards.data.warehouse import another
from dashboards.data.whatif import price_book
from dashboards.formatting import percent
from dashboards.shell import display, downloads, tables
from dashboards.view import Page


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    currency: str
    segment: str
    name: str
    scenario_id: Any
    tryout: Tryout | None
    of_tryout: str
    effect: Row


def beside(page: State) -> None:
    """Up to five proposals next to each other, over the same segment and currency."""
    names = {
        str(row["scenario_id"]): str(row["scenario_name"])
        for row in scenarios(page.snapshot)
        if row["scenario_id"] != page.scenario_id
    }
    st.markdown("**Proposals side by side**")
    if not names:
        display.nothing(
            page.view, "This is the only proposal.", "Add another to reference/scenarios.csv."
        )
        book(page)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        picked = filters.several(
            page.view,
            "Compare with",
            "beside",
            names,
            placeholder="Up to four; by default the best by revenue",
            help="Proposals to compare with the one above; at most five are shown.",
            width=420,
        )
        if len(picked) >= shadow.MOST_BESIDE:
            st.caption(f"Five fit side by side: the first {shadow.MOST_BESIDE - 1} are shown.")
        book(page)
    found = rows(
        shadow.compared(
            page.snapshot, (page.scenario_id, *(picked or names)), page.segment, page.currency
        )
    )
    others = [row for row in found if row["scenario_id"] != page.scenario_id]
    if picked:
        others.sort(key=lambda row: picked.index(row["scenario_id"]))
    shown = {page.scenario_id, *(row["scenario_id"] for row in others[: shadow.MOST_BESIDE - 1])}
    table = shadow.compared(page.snapshot, sorted(shown), page.segment, page.currency)
    if page.tryout and page.effect is not None:
        table = shadow.with_effect(table, page.effect, f"{page.name} (what-if)")
    listed = [row for row in rows(table) if row["revenue_change"] is not None]
    with right:
        if listed:
            best = listed[0]
            display.draw(
                page.view,
                beside_chart(
                    drawn(table)
                    .dropna(subset=["revenue_change"])
                    .assign(
                        name=[str(row["scenario_name"]) for row in listed],
                        label=[percent(row["revenue_change"], sign=True) for row in listed],
                    ),
                    page.colors,
                    f"{best['scenario_name']} bills most against today: "
                    f"{percent(best['revenue_change'], sign=True)}",
                    page.known.currency,
                ),
            )
    tables.table(
        page.view,
        table,
        {
            "scenario_id": None,
            "scenario_name": columns.name("Proposal"),
            "accounts": columns.count("Accounts"),
            "current_reporting": columns.money("Current", page.known.currency),
            "proposed_reporting": columns.money("Proposed"),
            "difference_reporting": columns.money(
                "Difference", sign=True, help="Proposed less current, over the same accounts."
            ),
            "revenue_change": columns.change_ratio("Change"),
            "revenue_change_low": columns.change_ratio("80 % from"),
            "revenue_change_high": columns.change_ratio("to"),
            "winner_count": columns.count("Pay less"),
            "loser_count": columns.count("Pay more"),
            "shock_share": columns.percent("Shock"),
            "extra_churn": columns.percent("Extra churn"),
            "margin_change": columns.points("Margin, change"),
            "keeps_limits": columns.yes("Within limits"),
            "broken_limits": columns.text("Limits broken"),
        },
        models=("fct_segment_scenarios",),
        words={"broken_limits": labels.limits},
        alt="Proposals side by side: totals, who pays less and more, shock and limits",
        file=(f"shadow-proposals{page.of_tryout}", "Download"),
    )


def book(page: State) -> None:
    """The price book files of the proposal."""
    published = another(page.snapshot)
    if not lab.has_book(page.snapshot) or published is not None:
        st.caption(
            "The price book can only be downloaded for the published generation: show it first."
            if published is not None
            else "This snapshot does not include its price book: run `seatshift refresh` once."
        )
        return
    downloads.folder(
        page.view,
        partial(price_book, page.scenario_id, f"price-book-{page.scenario_id}"),
        f"price-book-{page.scenario_id}",
        "Price book of the proposal (CSV files)",
    )
