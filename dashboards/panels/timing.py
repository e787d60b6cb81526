"""The panels of the page Timing: each draws one part of it from the page's state."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards import forecast_accuracy, labels
from dashboards.charts.theme import Palette
from dashboards.charts.timing import bill_effect, cash, load, move_calendar
from dashboards.data import timing
from dashboards.data.facts import EVERYONE, Facts
from dashboards.data.tables import Row, drawn, rows
from dashboards.data.timing import Plan
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import headline, month, number, plain, plural
from dashboards.shell import display, downloads


@dataclass(frozen=True)
class State:
    """What the page shows: made once at its top, read by every panel."""

    colors: Palette
    known: Facts
    snapshot: Snapshot
    approach: str
    currency: str
    segment: str
    scenario_id: str
    plan: Plan
    waves_table: Any
    waves: list[Row]
    # the approach that scenarios.csv proposes, and whether the reader looks at just that
    planned: str
    is_as_planned: bool
    # whether cash is that of the reader's own plan
    cash_follows: bool


def calendar(page: State) -> None:
    """MRR by the month in which contracts let it move."""
    table = timing.calendar(page.snapshot, page.plan)
    if not table.num_rows:
        display.nothing(
            "No account of this segment moves this way.",
            "Choose another approach; why each stays is listed below.",
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
    display.draw(move_calendar(drawn(table), page.colors, message, page.known.currency))
    downloads.download(page.snapshot, table, "renewal-calendar", "Download calendar")


def months_of_work(page: State) -> None:
    """Accounts that move in each month against the most that a month takes."""
    table = timing.load(page.snapshot, page.plan)
    waited = sum(row["waited"] for row in page.waves)
    busiest = max(page.waves, key=lambda row: row["accounts"])
    message = f"Most move in {month(busiest['month'])}: {plural(busiest['accounts'], 'account')}"
    if waited:
        message += f"; {number(waited)} {'waits' if waited == 1 else 'wait'} past the renewal"
    display.draw(load(drawn(table), page.colors, message, page.plan.size))
    downloads.download(page.snapshot, table, "rollout-months", "Download months")


def change_of_bills(page: State) -> None:
    """What the moved bills change, wave by wave."""
    effect = drawn(page.waves_table)
    if effect["monthly_change"].notna().any():
        last = page.waves[-1]
        message = (
            f"{headline(last['monthly_change_so_far'], page.known.currency, sign=True)} a month "
            f"once all have moved ({month(last['month'])})"
        )
        display.draw(bill_effect(effect, page.colors, message, page.known.currency))
    else:
        display.nothing(
            "What the bills would change is not known.",
            "Accounts need closed months under both models.",
        )


def cash_ahead(page: State) -> None:
    """What the move does to cash: by the plan above, or as projected for scenarios.csv."""
    if page.currency != EVERYONE:
        display.nothing(
            "Cash is projected for accounts of all currencies together.", "Choose all currencies."
        )
        return
    table = (
        timing.cash_of(page.snapshot, page.plan)
        if page.cash_follows
        else timing.cash(page.snapshot, page.scenario_id, page.segment)
    )
    told = {
        row["model"]: row["cash_to_date"]
        for row in rows(table)
        if row["month_ahead"] == 12 and row["cash_to_date"] is not None
    }
    if len(told) < 2:
        reasons = [row["reason"] for row in rows(table) if row["reason"]]
        why = labels.PROJECTION_REASONS.get(reasons[0], reasons[0]) if reasons else "no projection"
        display.nothing(
            f"Cash ahead is not available: {plain(why)}.", "Add it to reference and refresh."
        )
        return
    message = (
        f"{headline(told['proposed'], page.known.currency)} cash in twelve months instead of "
        f"{headline(told['current'], page.known.currency)}"
    )
    way = labels.APPROACHES.get(page.planned, page.planned).lower()
    is_other_way = not page.cash_follows and page.approach != page.planned
    if is_other_way:
        message = f"Planned {way}: {message}"
    display.draw(cash(drawn(table), page.colors, message, page.known.currency))
    if page.cash_follows:
        st.caption(
            "With the first month, the limit and the exclusions above, in the middle case; "
            + (
                "whoever moves stays moved, whatever later months would bill."
                if page.approach == "opt_in"
                else "locked accounts move when they are free."
            ),
            help=display.help_text(page.snapshot, "fct_move_cash", "cash_change"),
        )
    elif is_other_way:
        st.caption(
            f"This is the cash of scenarios.csv, which moves most of these accounts {way}, not "
            f"{labels.APPROACHES[page.approach].lower()}: of another way no cash is worked out. "
            "The first month, the limit and the exclusions above do not change it either."
        )
    elif page.approach == "opt_in":
        st.caption(
            "This is the cash of scenarios.csv: who chooses does so month by month. The first "
            "month, the limit and the exclusions above change the waves, not this cash."
        )
    elif not page.is_as_planned:
        st.caption(
            "This is the cash of scenarios.csv: what single moves do to it is not published here, "
            "so that the first month, the limit and the exclusions above do not change it."
        )
    forecast_accuracy.note(page.snapshot, page.segment, page.scenario_id)
    downloads.download(page.snapshot, table, "cash", "Download cash")
