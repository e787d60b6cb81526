"""The panels of the page Seat utilization: each draws one part of the page from its state."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards import columns
from dashboards.charts.seats import (
    utilization_against_automation,
)
from dashboards.data import seats
from dashboards.data.tables import drawn, rows
from dashboards.formatting import month, number, percent, plural
from dashboards.shell import display, downloads, tables
from dashboards.view import Page


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    currency: str
    segment: str
    window: str
    is_month: bool
    shown_month: Any | str
    least: Decimal | None
    most: Decimal | None
    when: str


def scatter(page: State) -> None:
    """Each account's seat utilization against the share of its work done by automation."""
    found = seats.against_automation(
        page.snapshot,
        page.segment,
        page.shown_month,
        page.known.value_meter,
        page.window,
        page.currency,
    )
    listed = rows(found)
    if not listed:
        display.nothing(
            page.view,
            "No account has both seat utilization and work of the value meter in this month.",
            "Add seat events and a usage export that says who acted.",
        )
        return
    accounts_there = listed[0]["accounts"]
    message = "Seats used against the share of work done by automation"
    if page.least is not None and page.most is not None:
        low = sum(
            row["utilization"] < page.least and row["automation_share"] >= page.most
            for row in listed
        )
        message = (
            f"{plural(low, 'account')} {'uses' if low == 1 else 'use'} under "
            f"{percent(page.least, 0)} of the seats while automation does {percent(page.most, 0)} "
            "or more of the work"
        )
    cut = (
        f"; the {number(len(listed))} with most MRR of {number(accounts_there)}"
        if len(listed) < accounts_there
        else ""
    )
    measure = (
        f"Accounts, {page.when}; size: MRR{'; dashed: line' if page.least is not None else ''}{cut}"
    )
    display.draw(
        page.view,
        utilization_against_automation(
            drawn(found),
            page.colors,
            message,
            measure,
            page.known.currency,
            float(page.least) if page.least is not None else None,
        ),
    )
    downloads.download(page.view, found, "seats-against-automation")


def splits(page: State) -> None:
    """Utilization by plan and by role."""
    st.markdown(f"**By plan**, {page.when}")
    of_plans = seats.utilization_by_plan(
        page.snapshot, page.segment, page.shown_month, page.window, page.currency
    )
    if of_plans.num_rows:
        tables.table(
            page.view,
            of_plans,
            {
                "plan_id": columns.name("Plan"),
                "accounts": columns.count("Accounts"),
                "billable_seats": columns.figure("Billable") if page.is_month else None,
                "active_seats": columns.figure("Active") if page.is_month else None,
                "value": columns.percent(
                    "Utilization",
                    help=display.help_text(page.snapshot, "fct_seat_utilization", "utilization"),
                ),
                "reason": columns.text("Why not"),
            },
            models=("fct_seat_utilization",),
            alt="Utilization by plan",
            file=("seats-by-plan", "Download"),
        )
    else:
        display.nothing(
            page.view,
            f"Utilization by plan over the last {page.window} is published only for all segments "
            "and currencies together.",
            "Choose all of them, or the whole month.",
        )
    st.markdown(f"**By role**, {month(page.shown_month)}, seats with a named holder")
    of_roles = seats.utilization_by_role(
        page.snapshot, page.segment, page.shown_month, page.currency
    )
    if of_roles.num_rows:
        tables.table(
            page.view,
            of_roles,
            {
                "role": columns.name("Role"),
                "accounts": columns.count("Accounts"),
                "holders": columns.count("People"),
                "held_seats": columns.figure("With holder"),
                "active_seats": columns.figure("Active"),
                "value": columns.percent(
                    "Utilization",
                    help=display.help_text(page.snapshot, "fct_role_seats", "utilization"),
                ),
                "reason": columns.text("Why not"),
            },
            models=("fct_role_seats",),
            alt="Utilization by role of the seat",
            file=("seats-by-role", "Download"),
        )
    else:
        display.nothing(
            page.view,
            "No seat of this month names its holder.",
            "Roles need seat events with a user_id.",
        )
