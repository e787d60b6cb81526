"""The panels of the page Timing: each draws one part of the page from its state."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards import forecast_accuracy, labels
from dashboards.charts.timing import bill_effect, cash, load, move_calendar
from dashboards.data import timing
from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, drawn, rows
from dashboards.data.timing import Plan
from dashboards.formatting import headline, month, number, plain, plural
from dashboards.shell import display, downloads
from dashboards.view import Page


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    approach: str
    currency: str
    segment: str
    scenario_id: str
    plan: Plan
    waves_table: Any
    waves: list[Row]
    # the approach that scenarios.csv proposes, and whether the reader has chosen it
    planned: str
    is_as_planned: bool
    # whether the cash figures are for the reader's own plan
    cash_follows: bool


def calendar(page: State) -> None:
    """MRR by the month in which its contract allows a move."""
    table = timing.calendar(page.snapshot, page.plan)
    if not table.num_rows:
        display.nothing(
            page.view,
            "No account of this segment moves this way.",
            "Choose another approach; the reasons are listed below.",
        )
        return
    message = "No MRR is free in any month"
    free = [row for row in rows(table) if row["status"] == "in_wave" and row["mrr_of_month"]]
    if free:
        most = max(free, key=lambda row: row["mrr_of_month"])
        message = (
            f"Most MRR is free in {month(most['month'])}: "
            f"{headline(most['mrr_of_month'], page.known.currency)}"
        )
    display.draw(page.view, move_calendar(drawn(table), page.colors, message, page.known.currency))
    downloads.download(page.view, table, "renewal-calendar", "Download calendar")


def months_of_work(page: State) -> None:
    """Accounts that move in each month against the monthly limit."""
    table = timing.load(page.snapshot, page.plan)
    waited = sum(row["waited"] for row in page.waves)
    busiest = max(page.waves, key=lambda row: row["accounts"])
    message = f"Most move in {month(busiest['month'])}: {plural(busiest['accounts'], 'account')}"
    if waited:
        message += f"; {number(waited)} {'waits' if waited == 1 else 'wait'} past the renewal"
    display.draw(page.view, load(drawn(table), page.colors, message, page.plan.size))
    downloads.download(page.view, table, "rollout-months", "Download months")


def change_of_bills(page: State) -> None:
    """The change of bills, wave by wave."""
    effect = drawn(page.waves_table)
    if effect["monthly_change"].notna().any():
        last = page.waves[-1]
        message = (
            f"{headline(last['monthly_change_so_far'], page.known.currency, sign=True)} a month "
            f"once all have moved ({month(last['month'])})"
        )
        display.draw(page.view, bill_effect(effect, page.colors, message, page.known.currency))
    else:
        display.nothing(
            page.view,
            "The change of bills is not known.",
            "Accounts need closed months under both models.",
        )


def cash_ahead(page: State) -> None:
    """The effect of the move on cash: for the plan above, or as projected for scenarios.csv."""
    if page.currency != EVERYONE:
        display.nothing(
            page.view,
            "Cash is projected only for all currencies together.",
            "Choose all currencies.",
        )
        return
    table = (
        timing.cash_of(page.snapshot, page.plan)
        if page.cash_follows
        else timing.cash(page.snapshot, page.scenario_id, page.segment)
    )
    totals = {
        row["model"]: row["cash_to_date"]
        for row in rows(table)
        if row["month_ahead"] == 12 and row["cash_to_date"] is not None
    }
    if len(totals) < 2:
        reasons = [row["reason"] for row in rows(table) if row["reason"]]
        why = labels.PROJECTION_REASONS.get(reasons[0], reasons[0]) if reasons else "no projection"
        display.nothing(
            page.view,
            f"Cash ahead is not available: {plain(why)}.",
            "Add it to reference and refresh.",
        )
        return
    message = (
        f"{headline(totals['proposed'], page.known.currency)} cash in twelve months instead of "
        f"{headline(totals['current'], page.known.currency)}"
    )
    way = labels.APPROACHES.get(page.planned, page.planned).lower()
    is_other_way = not page.cash_follows and page.approach != page.planned
    if is_other_way:
        message = f"Planned {way}: {message}"
    display.draw(page.view, cash(drawn(table), page.colors, message, page.known.currency))
    if page.cash_follows:
        st.caption(
            "With the first month, the limit and the exclusions above, in the middle case; "
            + (
                "an account that has moved does not move back, whatever later months bill."
                if page.approach == "opt_in"
                else "locked accounts move when they are free."
            ),
            help=display.help_text(page.snapshot, "fct_move_cash", "cash_change"),
        )
    elif is_other_way:
        st.caption(
            f"This is the cash for scenarios.csv, which moves most of these accounts {way}, not "
            f"{labels.APPROACHES[page.approach].lower()}: cash is not calculated for other "
            "approaches. "
            "The first month, the limit and the exclusions above do not change it either."
        )
    elif page.approach == "opt_in":
        st.caption(
            "This is the cash for scenarios.csv: accounts choose month by month. The first "
            "month, the limit and the exclusions above change the waves, not this cash."
        )
    elif not page.is_as_planned:
        st.caption(
            "This is the cash for scenarios.csv: the effect of single moves is not published "
            "here, so the first month, the limit and the exclusions above do not change it."
        )
    forecast_accuracy.note(page.view, page.segment, page.scenario_id)
    downloads.download(page.view, table, "cash", "Download cash")
