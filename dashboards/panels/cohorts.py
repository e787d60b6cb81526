"""The panels of the page Cohorts: each draws one part of the page from its state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards import columns, filters
from dashboards.charts.cohorts import AVERAGE
from dashboards.data import cohorts
from dashboards.data.tables import Row, Table, rows
from dashboards.formatting import number, period_name, plain, plural
from dashboards.shell import display, tables
from dashboards.view import Page

STEP_NAMES = {
    "revaluation": "FX",
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
RARE = ("revaluation", "entering", "leaving", "currency_effect", "restatement")
NOBODY = "none"


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    currency: str
    segment: str
    version: str
    months: list[Row]
    granularity: str
    cells: Any
    step_names: dict[str, str]


def chosen_cell(cell: Mapping[str, Any]) -> None:
    """A click in the triangle fills in the two boxes; the average has no accounts."""
    if cell.get("cohort") not in (None, AVERAGE):
        st.session_state["cohort_pick"] = str(cell["cohort"])
        st.session_state["age"] = str(cell["age"])


def accounts_of_cell(page: State) -> None:
    """The accounts of a cell, chosen by a click or in the two boxes."""
    ages: dict[str, list[str]] = {}
    for entry in rows(page.cells):
        if entry["cohort"] != AVERAGE:
            ages.setdefault(str(entry["cohort"]), []).append(str(entry["age"]))
    if not ages:
        display.nothing(page.view, "No cohort began in this period.", "Choose a longer one.")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        cohort = filters.month(
            page.view,
            "Cohort",
            "cohort",
            [NOBODY, *ages],
            help="Or click a cell of the triangle: its accounts are listed below.",
            width=130,
        )
        # drawn before a cohort is chosen, so that a click can fill it in
        age = filters.choice(
            page.view,
            f"{page.granularity.capitalize()}s since",
            "age",
            ages.get(cohort) or max(ages.values(), key=len),
            width=130,
        )
        if cohort == NOBODY:
            st.caption(
                "Click a cell, or choose a cohort, to see its accounts and how each has changed.",
                width="content",
            )
            return
    found = cohorts.cell(
        page.snapshot, page.segment, page.version, page.granularity, cohort, int(age), page.currency
    )
    listed = rows(found)
    if not listed:
        display.nothing(
            page.view,
            "The accounts of this cell are not published.",
            "Run `seatshift refresh`: snapshots of this version include them.",
        )
        return
    left_over = sum(entry["is_retained"] for entry in listed)
    pay = "still pays" if left_over == 1 else "still pay"
    counts = {
        name: sum(entry["movement"] == name for entry in listed)
        for name in ("grown", "unchanged", "shrunk", "lost")
    }
    st.markdown(
        f"**{plain(period_name(cohort))} after {plural(int(age), page.granularity)}**: "
        f"{number(left_over)} of {plural(len(listed), 'account')} {pay}; "
        + ", ".join(f"{number(count)} {name}" for name, count in counts.items() if count)
    )
    tables.table(
        page.view,
        found,
        {
            **columns.account(),
            "plan_id": columns.text("Plan at the start"),
            "cohort_month": columns.month("Began"),
            "month": None,
            "mrr_start": columns.money("MRR then", page.known.currency),
            "mrr": columns.money("MRR after"),
            "mrr_change": columns.money("Change", sign=True),
            "movement": columns.text("Has"),
            "is_retained": None,
            "is_mature": None,
        },
        models=("fct_cohort_accounts",),
        alt=f"Accounts of the cohort {period_name(cohort)} with their MRR at the start and after",
        file=("cohort-accounts", "Download"),
    )


def is_shown(name: str, moved: Row) -> bool:
    """Whether a movement is shown: rare ones, and moves between segments, only if they occur."""
    return name not in RARE or bool(moved[name])


def for_models(page: State) -> list[tuple[str, Table]]:
    """Data for financial models, in the two formats of Stripe's downloads."""
    listed = [str(entry["month"]) for entry in reversed(page.months)]
    names = {
        "previous_closing": "Opening",
        **{
            name: page.step_names[name]
            for name in cohorts.MOVEMENTS
            if any(is_shown(name, entry) for entry in page.months)
        },
        "closing": "Closing",
    }
    return [
        (
            "MRR per subscriber",
            cohorts.mrr_by_account(
                page.snapshot, page.segment, page.version, listed, page.currency
            ),
        ),
        ("MRR roll-forward", cohorts.roll_forward(page.months, names)),
    ]
