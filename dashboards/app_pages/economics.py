"""Does the margin survive?"""

import streamlit as st

from dashboards import filters, frame, labels, takeaways
from dashboards.charts.economics import costs, rate_line, tickets
from dashboards.charts.theme import palette
from dashboards.data import economics
from dashboards.data.tables import Table, drawn, rows
from dashboards.data.thresholds import threshold
from dashboards.formatting import headline, month, number, percent, plain, words

QUESTION = "Does the margin survive?"

snapshot, known = frame.open_page()
colors = palette(st.context.theme.type)
_, filter_bar, _ = frame.header(snapshot, known, QUESTION)

with filter_bar:
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


with st.grid(5, min_column_width=160, gap="small"):
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
        st.metric(
            label,
            figure(metric),
            border=True,
            height="stretch",
            delta=remark(metric),
            delta_color="off",
            delta_arrow="off",
            help=frame.help_text(snapshot, model, column),
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
        frame.draw(rate_line(drawn(margins), colors, message, "(Revenue − cost) ÷ revenue"))
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
        frame.draw(costs(drawn(spent), colors, message, known.currency))
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
        frame.draw(rate_line(drawn(leakage), colors, message, "1 − realized ÷ list", line))
        frame.download(snapshot, leakage, "discount-leakage")
with right:
    load = missing(
        "billing_tickets_per_100_accounts",
        "Support load",
        "Add support_tickets with topics or tags and refresh.",
    )
    if load is not None:
        message = f"{figure('billing_tickets_per_100_accounts')} billing tickets per 100 accounts"
        frame.draw(tickets(drawn(load), colors, message))
        frame.download(snapshot, load, "billing-tickets")

st.markdown(f"**Side by side**, {plain(slice_name)}s in {month(known.last_closed_month)}")
compared = economics.side_by_side(snapshot, slice_name)
table = drawn(compared)
st.dataframe(
    table.assign(slice_value=[labels.segment(name) for name in table["slice_value"]]),
    hide_index=True,
    placeholder="–",
    height=frame.table_height(compared),
    column_config={
        "slice_value": st.column_config.TextColumn(words(slice_name), pinned=True),
        "accounts": st.column_config.NumberColumn("Accounts"),
        "gross_margin": st.column_config.NumberColumn("Gross margin", format="percent"),
        "cost_to_serve": st.column_config.NumberColumn(
            f"Cost to serve ({known.currency})", format="%,.2f"
        ),
        "exposed_share": st.column_config.NumberColumn("Cost more than pay", format="percent"),
        "discount_leakage": st.column_config.NumberColumn("Lost to discounts", format="percent"),
        "unapproved_discount_share": st.column_config.NumberColumn(
            "Unapproved of list", format="percent"
        ),
        "billing_tickets_per_100_accounts": st.column_config.NumberColumn(
            "Billing tickets per 100", format="%.1f"
        ),
        "shock_ticket_share": st.column_config.NumberColumn(
            "Ticket after invoice", format="percent"
        ),
        "is_small": st.column_config.CheckboxColumn("Small"),
        "reason": st.column_config.TextColumn("Why not"),
    },
    alt=f"Margin, cost, discounts and tickets by {slice_name}",
)
frame.download(snapshot, compared, f"economics-by-{slice_name}")

proposed = economics.proposals(snapshot, segment)
if proposed.num_rows:
    st.markdown(f"**Margin under each proposal**, {plain(labels.segment(segment))}")
    st.dataframe(
        drawn(proposed),
        hide_index=True,
        placeholder="–",
        column_config={
            "scenario_id": None,
            "scenario_name": st.column_config.TextColumn("Proposal", pinned=True),
            "accounts": st.column_config.NumberColumn("Accounts"),
            "current_reporting": st.column_config.NumberColumn(
                f"Billed today ({known.currency})", format="%,.2f"
            ),
            "proposed_reporting": st.column_config.NumberColumn(
                f"Proposed ({known.currency})", format="%,.2f"
            ),
            "revenue_change": st.column_config.NumberColumn("Revenue", format="percent"),
            "margin_change": st.column_config.NumberColumn(
                "Margin, change",
                format="percent",
                help=frame.help_text(snapshot, "fct_segment_scenarios", "margin_change"),
            ),
            "keeps_margin": st.column_config.CheckboxColumn("Keeps the limit"),
        },
        alt="Change of revenue and margin under each proposal",
    )
    frame.download(snapshot, proposed, "margin-by-proposal")

listed = economics.accounts(snapshot, segment)
st.markdown(f"**Accounts** in {month(known.last_closed_month)}, thinnest margin first")
st.dataframe(
    drawn(listed),
    hide_index=True,
    placeholder="–",
    height=frame.table_height(listed),
    column_config={
        "account_id": st.column_config.TextColumn("Id", width="small"),
        "account_name": st.column_config.TextColumn("Account", pinned=True),
        "segment": "Segment",
        "revenue": st.column_config.NumberColumn(f"Revenue ({known.currency})", format="%,.2f"),
        "cost": st.column_config.NumberColumn("Cost", format="%,.2f"),
        "margin": st.column_config.NumberColumn("Margin", format="%,.2f"),
        "margin_ratio": st.column_config.NumberColumn("Margin, share", format="percent"),
        "is_exposed": st.column_config.CheckboxColumn("Costs more than it pays"),
        "leakage_ratio": st.column_config.NumberColumn("Lost to discounts", format="percent"),
        "billing_ticket_count": st.column_config.NumberColumn("Billing tickets"),
        "reason": st.column_config.TextColumn("Why not"),
    },
    alt="Revenue, cost and margin by account, thinnest margin first",
)
frame.download(snapshot, listed, "margins")
frame.definitions(
    snapshot,
    "fct_slice_metrics",
    "fct_margins",
    "fct_meter_costs",
    "fct_discount_leakage",
    "fct_support_load",
    "fct_segment_scenarios",
)
