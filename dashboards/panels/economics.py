"""The panels of the page Economics: each draws one part of the page from its state."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards import columns, labels
from dashboards.charts.economics import (
    unit_cost_line,
)
from dashboards.data import economics
from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, Table, drawn, rows, within
from dashboards.formatting import (
    headline,
    month,
    number,
    percent,
    plain,
    unit_price,
    words,
)
from dashboards.shell import display, downloads, tables
from dashboards.view import Page

RATES = "Add cost_rates, or unit costs to usage_events, and refresh."


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    currency: str
    first_month: str
    last_month: str
    segment: str
    slice_name: str
    history: Any
    found: dict[str, Row]
    latest: Row | None
    units: Any
    work: list[Row]
    unit: str


def together(page: State, what: str) -> None:
    """Shown instead of a panel that has no figures by currency."""
    display.nothing(
        page.view,
        f"{what} for all currencies together, not for {plain(page.currency)}.",
        "Choose all currencies.",
    )


def figure(page: State, metric: str) -> str:
    """The latest figure, formatted; "n/a" if it is not available."""
    row = page.found.get(metric)
    if row is None or row["value"] is None:
        return "n/a"
    if row["unit"] == "money":
        return headline(row["value"], page.known.currency)
    return percent(row["value"]) if row["unit"] == "ratio" else number(row["value"], 1)


def remark(page: State, metric: str) -> str:
    """Why a figure is not available, or how many accounts it covers."""
    row = page.found.get(metric)
    if row is None:
        return "no figure"
    if row["value"] is None:
        return str(row["reason"])
    return f"{number(row['accounts'])} acc.{' (small)' if row['is_small'] else ''}"


def missing(page: State, metric: str, name: str, what_to_do: str) -> Table | None:
    """The metric's months; None, with the reason on the page, if no month has a value."""
    table = within(economics.by_month(page.history, metric), page.first_month, page.last_month)
    listed = rows(table)
    if any(row["value"] is not None for row in listed):
        return table
    reason = next((row["reason"] for row in listed if row["reason"]), "no closed month")
    display.nothing(page.view, f"{name} is not available: {plain(reason)}.", what_to_do)
    return None


def known_last(table: Table) -> Row:
    """The latest month with a value; there is one."""
    return [row for row in rows(table) if row["value"] is not None][-1]


def what_a_unit_costs(page: State) -> None:
    """The cost of a unit of work by month, and by segment and meter."""
    left, right = st.columns(2, gap="medium")
    with left:
        known_rows = [row for row in page.work if row["unit_cost"] is not None]
        if known_rows:
            first, last = known_rows[0], known_rows[-1]
            message = (
                f"A {page.unit} went from {unit_price(first['unit_cost'])} in "
                f"{month(first['month'])} to "
                f"{unit_price(last['unit_cost'], page.known.currency)} in {month(last['month'])}"
            )
            shown = drawn(page.units)
            shown = shown[shown["meter"] == "all"]
            measure = (
                f"Cost of all meters ÷ {page.known.value_meter}, {page.known.currency}, "
                "by closed month"
            )
            display.draw(page.view, unit_cost_line(shown, page.colors, message, measure))
            downloads.download(page.view, page.units, "unit-costs")
        else:
            why = page.latest["reason"] if page.latest is not None else "no usage is loaded"
            display.nothing(
                page.view, f"Cost per {page.unit} is not available: {plain(why)}.", RATES
            )
    with right:
        by_segment = economics.unit_costs_by_segment(page.snapshot)
        st.markdown(
            f"**Cost of a unit** in {month(page.known.last_closed_month)}, by segment and meter"
        )
        tables.table(
            page.view,
            by_segment,
            {
                "segment": columns.name("Segment"),
                "meter": columns.text("Meter"),
                "unit_cost": columns.unit_cost(f"A unit ({page.known.currency})"),
                "quantity": columns.figure("Units", 0),
                "cost": columns.money("Cost"),
                "accounts": columns.count("Accounts"),
                "accounts_left_out": columns.count("Left out"),
                "is_small": columns.yes("Small"),
                "reason": columns.text("Why not"),
            },
            models=("fct_unit_costs",),
            words={
                "segment": labels.segment,
                "meter": lambda meter: f"all, a {page.unit}" if meter == "all" else words(meter),
            },
            alt="Cost of a unit by segment and meter",
            file=("unit-costs-by-segment", "Download"),
        )


def side_by_side(page: State) -> None:
    """The latest closed month's figures by segment, region, plan or currency."""
    many = "currencies" if page.slice_name == "currency" else f"{page.slice_name}s"
    of = ""
    if page.slice_name == "currency" and page.segment != EVERYONE:
        of = f" of {labels.segment(page.segment)}"
    elif page.slice_name == "segment" and page.currency != EVERYONE:
        of = f" billed in {page.currency}"
    elif page.currency != EVERYONE:
        together(page, f"{words(many)} are published")
        return
    what = plain(f"{many}{of} in {month(page.known.last_closed_month)}")
    st.markdown(f"**Side by side**, {what}")
    every = "All currencies" if page.slice_name == "currency" else labels.segment(EVERYONE)
    tables.table(
        page.view,
        economics.side_by_side(page.snapshot, page.slice_name, page.segment, page.currency),
        {
            "slice_value": columns.name(words(page.slice_name)),
            "accounts": columns.count("Accounts"),
            "gross_margin": columns.percent("Gross margin"),
            "cost_to_serve": columns.money("Cost to serve", page.known.currency),
            "exposed_share": columns.percent("Unprofitable customers"),
            "discount_leakage": columns.percent("Discount leakage"),
            "unapproved_discount_share": columns.percent("Unapproved of list"),
            "billing_tickets_per_100_accounts": columns.figure("Billing tickets per 100"),
            "shock_ticket_share": columns.percent("Ticket after invoice"),
            "is_small": columns.yes("Small"),
            "reason": columns.text("Why not"),
        },
        models=("fct_slice_metrics",),
        words={"slice_value": lambda name: every if name == EVERYONE else name},
        alt=f"Margin, cost, discounts and tickets by {page.slice_name}",
        file=(f"economics-by-{page.slice_name}", "Download"),
    )
