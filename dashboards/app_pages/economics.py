"""Does the margin survive?"""

import streamlit as st

from dashboards import columns, filters, frame, labels, takeaways
from dashboards.charts.economics import costs, rate_line, tickets, unit_cost_line
from dashboards.data import economics
from dashboards.data.tables import Table, drawn, rows
from dashboards.data.thresholds import threshold
from dashboards.formatting import (
    headline,
    month,
    number,
    percent,
    plain,
    points,
    unit_price,
    words,
)

page = frame.begin("Does the margin survive?")
snapshot, known, colors = page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(snapshot)
    slice_name = filters.switch("Side by side", "by", economics.SLICES)
found = economics.latest(snapshot, segment)
frame.answer(takeaways.economics(found, known.currency))
if not found:
    frame.nothing(
        "No closed month of this segment has figures.",
        "Choose another segment, or add exports that reach past a month's end.",
    )
    frame.stop()


def figure(metric: str) -> str:
    """The latest figure as it is written; "n/a" where it is not available."""
    row = found.get(metric)
    if row is None or row["value"] is None:
        return "n/a"
    if row["unit"] == "money":
        return headline(row["value"], known.currency)
    return percent(row["value"]) if row["unit"] == "ratio" else number(row["value"], 1)


def remark(metric: str) -> str:
    """Why a figure is not available, or how many accounts stand behind it."""
    row = found.get(metric)
    if row is None:
        return "no figure"
    if row["value"] is None:
        return str(row["reason"])
    return f"{number(row['accounts'])} acc.{' (small)' if row['is_small'] else ''}"


units = economics.unit_costs(snapshot, segment)
work = [row for row in rows(units) if row["meter"] == "all"]
latest = work[-1] if work else None
unit = known.value_meter.replace("_", " ").removesuffix("s") or "unit of work"

with st.grid(6, min_column_width=150, gap="small"):
    for label, metric, model, column in (
        ("Gross margin", "gross_margin", "fct_margins", "margin_ratio"),
        ("Cost to serve", "cost_to_serve", "fct_margins", "cost"),
        ("Cost more than they pay", "exposed_share", "fct_margins", "is_exposed"),
        ("Lost to discounts", "discount_leakage", "fct_discount_leakage", "leakage_ratio"),
        (
            "Billing tickets per 100",
            "billing_tickets_per_100_accounts",
            "fct_support_load",
            "billing_ticket_count",
        ),
    ):
        frame.card(
            label,
            figure(metric),
            remark(metric),
            help=frame.help_text(snapshot, model, column),
        )
    frame.card(
        f"Cost per {unit}",
        unit_price(latest["unit_cost"], known.currency)
        if latest is not None and latest["unit_cost"] is not None
        else "n/a",
        (latest["reason"] or f"{headline(latest['quantity'])} units")
        if latest is not None
        else "no usage",
        help=frame.help_text(snapshot, "fct_unit_costs", "unit_cost"),
    )


def missing(metric: str, name: str, what_to_do: str) -> Table | None:
    """The metric's months; None, with the reason on the page, where none has a value."""
    table = economics.by_month(snapshot, segment, metric)
    listed = rows(table)
    if any(row["value"] is not None for row in listed):
        return table
    reason = next((row["reason"] for row in listed if row["reason"]), "no closed month")
    frame.nothing(f"{name} is not available: {plain(reason)}.", what_to_do)
    return None


RATES = "Add cost_rates, or unit costs to usage_events, and refresh."
left, right = st.columns(2, gap="medium")
with left:
    margins = missing("gross_margin", "Gross margin", RATES)
    if margins is not None:
        told = [row for row in rows(margins) if row["value"] is not None]
        message = (
            f"Gross margin went from {percent(told[0]['value'])} in {month(told[0]['month'])} to "
            f"{percent(told[-1]['value'])} in {month(told[-1]['month'])}"
        )
        frame.draw(
            rate_line(drawn(margins), colors, message, "(Revenue − cost) ÷ revenue"),
            {row["month"] for row in rows(margins)},
        )
        frame.download(snapshot, margins, "gross-margin")
with right:
    spent = economics.meter_costs(snapshot, segment)
    paid = [row for row in rows(spent) if row["cost"] is not None]
    if paid:
        last = [row for row in paid if row["month"] == paid[-1]["month"]]
        most = max(last, key=lambda row: row["cost"])
        message = f"{words(most['meter'])} cost most in {month(most['month'])}: " + headline(
            most["cost"], known.currency
        )
        frame.draw(
            costs(drawn(spent), colors, message, known.currency),
            {row["month"] for row in paid},
            tells=False,
        )
        frame.download(snapshot, spent, "meter-costs")
    else:
        reason = next((row["reason"] for row in rows(spent) if row["reason"]), "no usage is loaded")
        frame.nothing(f"Cost to serve is not available: {plain(reason)}.", RATES)

left, right = st.columns(2, gap="medium")
with left:
    leakage = missing(
        "discount_leakage", "Discount leakage", "List prices come from invoices or the price book."
    )
    if leakage is not None:
        fires_at = threshold(snapshot, "discount_leakage", segment)
        message = f"{figure('discount_leakage')} of list price is lost to discounts"
        line = float(fires_at) if fires_at is not None else None
        frame.draw(
            rate_line(drawn(leakage), colors, message, "1 − realized ÷ list", line),
            {row["month"] for row in rows(leakage)},
            tells=False,
        )
        frame.download(snapshot, leakage, "discount-leakage")
with right:
    load = missing(
        "billing_tickets_per_100_accounts",
        "Support load",
        "Add support_tickets with topics or tags and refresh.",
    )
    if load is not None:
        message = f"{figure('billing_tickets_per_100_accounts')} billing tickets per 100 accounts"
        frame.draw(
            tickets(drawn(load), colors, message),
            {row["month"] for row in rows(load)},
            tells=False,
        )
        frame.download(snapshot, load, "billing-tickets")

left, right = st.columns(2, gap="medium")
with left:
    told = [row for row in work if row["unit_cost"] is not None]
    if told:
        message = (
            f"A {unit} went from {unit_price(told[0]['unit_cost'])} in {month(told[0]['month'])} "
            f"to {unit_price(told[-1]['unit_cost'], known.currency)} in {month(told[-1]['month'])}"
        )
        shown = drawn(units)
        shown = shown[shown["meter"] == "all"]
        measure = f"Cost of all meters ÷ {known.value_meter}, {known.currency}, by closed month"
        frame.draw(unit_cost_line(shown, colors, message, measure))
        frame.download(snapshot, units, "unit-costs")
    else:
        why = latest["reason"] if latest is not None else "no usage is loaded"
        frame.nothing(f"Cost per {unit} is not available: {plain(why)}.", RATES)
with right:
    by_segment = economics.unit_costs_by_segment(snapshot)
    st.markdown(f"**Cost of a unit** in {month(known.last_closed_month)}, by segment and meter")
    frame.table(
        snapshot,
        by_segment,
        {
            "segment": columns.name("Segment"),
            "meter": columns.text("Meter"),
            "unit_cost": columns.unit_cost(f"A unit ({known.currency})"),
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
            "meter": lambda meter: f"all, a {unit}" if meter == "all" else words(meter),
        },
        alt="Cost of a unit by segment and meter",
        file=("unit-costs-by-segment", "Download"),
    )

st.markdown(f"**Side by side**, {plain(slice_name)}s in {month(known.last_closed_month)}")
compared = economics.side_by_side(snapshot, slice_name)
frame.table(
    snapshot,
    compared,
    {
        "slice_value": columns.name(words(slice_name)),
        "accounts": columns.count("Accounts"),
        "gross_margin": columns.percent("Gross margin"),
        "cost_to_serve": columns.money("Cost to serve", known.currency),
        "exposed_share": columns.percent("Cost more than pay"),
        "discount_leakage": columns.percent("Lost to discounts"),
        "unapproved_discount_share": columns.percent("Unapproved of list"),
        "billing_tickets_per_100_accounts": columns.figure("Billing tickets per 100"),
        "shock_ticket_share": columns.percent("Ticket after invoice"),
        "is_small": columns.yes("Small"),
        "reason": columns.text("Why not"),
    },
    models=("fct_slice_metrics",),
    words={"slice_value": labels.segment},
    alt=f"Margin, cost, discounts and tickets by {slice_name}",
    file=(f"economics-by-{slice_name}", "Download"),
)

proposed = economics.proposals(snapshot, segment)
if proposed.num_rows:
    st.markdown(f"**Margin under each proposal**, {plain(labels.segment(segment))}")
    frame.table(
        snapshot,
        proposed,
        {
            "scenario_id": None,
            "scenario_name": columns.name("Proposal"),
            "accounts": columns.count("Accounts"),
            "current_reporting": columns.money("Billed today", known.currency),
            "proposed_reporting": columns.money("Proposed", known.currency),
            "revenue_change": columns.percent("Revenue"),
            "margin_change": columns.text("Margin, change", alignment="right"),
            "keeps_margin": columns.yes("Keeps the limit"),
        },
        models=("fct_segment_scenarios",),
        words={"margin_change": points},
        alt="Change of revenue and margin under each proposal",
        file=("margin-by-proposal", "Download"),
    )

listed = economics.accounts(snapshot, segment)
st.markdown(f"**Accounts** in {month(known.last_closed_month)}, thinnest margin first")
frame.table(
    snapshot,
    listed,
    {
        **columns.account(),
        "revenue": columns.money("Revenue", known.currency),
        "cost": columns.money("Cost"),
        "margin": columns.money("Margin"),
        "margin_ratio": columns.percent("Margin, share"),
        "is_exposed": columns.yes("Costs more than it pays"),
        "leakage_ratio": columns.percent("Lost to discounts"),
        "billing_ticket_count": columns.count("Billing tickets"),
        "reason": columns.text("Why not"),
    },
    models=("fct_margins", "fct_discount_leakage", "fct_support_load"),
    alt="Revenue, cost and margin by account, thinnest margin first",
    file=("margins", "Download"),
)
frame.definitions(
    snapshot,
    "fct_slice_metrics",
    "fct_margins",
    "fct_unit_costs",
    "fct_meter_costs",
    "fct_discount_leakage",
    "fct_support_load",
    "fct_segment_scenarios",
)
