"""Does the margin survive?"""

from datetime import date

import streamlit as st

from dashboards import columns, filters, labels, takeaways
from dashboards.charts.economics import (
    costs,
    group_margins,
    rate_line,
    tickets,
    two_margins,
)
from dashboards.data import economics
from dashboards.data.facts import EVERYONE, closed_months
from dashboards.data.tables import drawn, rows, trend, within
from dashboards.data.thresholds import threshold
from dashboards.formatting import (
    day,
    headline,
    month,
    number,
    percent,
    plain,
    plural,
    points,
    round_percent,
    unit_price,
    words,
)
from dashboards.panels import economics as panels
from dashboards.shell import display, downloads, foot, header, tables

page = header.begin("Does the margin survive?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

AS_THEY_WERE = {economics.AS_THEY_WERE: "As they were"}
VERSIONS = {
    **AS_THEY_WERE,
    **{
        since.isoformat(): f"At rates from {day(since)}"
        for since in economics.cost_versions(snapshot)
    },
}
with page.filters:
    segment = filters.segment(view)
    proposal = filters.scenario(view)
    currency = filters.currency(
        view,
        "Accounts billed in this currency today; amounts stay in "
        f"{plain(known.currency)}. Heavy users, cost versions, unit costs and proposals are for "
        "all "
        "currencies together.",
    )
    months = closed_months(snapshot)[-12:]
    first_month, last_month = (
        filters.period(
            view,
            months,
            help="Months of the charts; figures and tables show the last closed month.",
        )
        if months
        else ("", "")
    )
    chosen = filters.by_id(
        view,
        "Costs",
        "costs",
        # costs at another version's rates are published only for all currencies together
        VERSIONS if currency == EVERYONE else AS_THEY_WERE,
        default=economics.AS_THEY_WERE,
        help="Costs at the rates valid in each month or, for all currencies together, at the "
        "rates of one version of the cost_rates export throughout.",
        width=186,
    )
    slice_name = filters.switch(view, "Side by side", "by", economics.SLICES)
rates_from = None if chosen in (None, economics.AS_THEY_WERE) else date.fromisoformat(str(chosen))
history = economics.history(snapshot, segment, currency)
found = economics.latest(history)
name = str(proposal["scenario_name"]) if proposal else ""
groups = (
    economics.heavy_users(snapshot, segment, str(proposal["scenario_id"]))
    if proposal and currency == EVERYONE
    else None
)
heavy, others = rows(groups) if groups is not None and groups.num_rows else (None, None)
at_rates = economics.margins_at(snapshot, segment, rates_from) if rates_from else None
of_version = rows(at_rates) if at_rates is not None else []
version = of_version[-1] if of_version else None
display.answer(
    view,
    takeaways.economics_at(version, rates_from, known.currency)
    if rates_from
    else takeaways.billed_in(currency, takeaways.economics(found, known.currency, heavy, name)),
)
if not found:
    display.nothing(
        view,
        "No closed month of this segment and currency has figures.",
        "Choose other filters, or add exports that cover a whole month.",
    )
    foot.stop(view)


trends = {metric: rows(economics.by_month(history, metric)) for metric in economics.METRICS}
if rates_from:
    # the cards of margin and cost use the chosen version, all others the actual costs
    at = {"month": known.last_closed_month, "accounts": 0, "is_small": False, "reason": "no figure"}
    at |= {"value": None, **(version or {})}
    found["gross_margin"] = at | {"unit": "ratio"}
    found["cost_to_serve"] = at | {"unit": "money", "value": at.get("cost")}
    trends["gross_margin"] = of_version
    trends["cost_to_serve"] = [{"value": row["cost"]} for row in of_version]
    st.caption(
        f"Gross margin and cost to serve use the rates from {day(rates_from)} throughout; all "
        "other figures use the actual costs. Usage without a rate in this version keeps the cost "
        "given in its own rows."
    )

unit_costs = economics.unit_costs(snapshot, segment)
latest = next((row for row in reversed(rows(unit_costs)) if row["meter"] == "all"), None)
no_unit_cost = "no usage" if currency == EVERYONE else "for all currencies only"
if currency != EVERYONE:
    latest = None
units = within(unit_costs, first_month, last_month)
work = [row for row in rows(units) if row["meter"] == "all"]
unit = known.value_meter.replace("_", " ").removesuffix("s") or "unit of work"

state = panels.State(
    colors=colors,
    known=known,
    view=view,
    currency=currency,
    first_month=first_month,
    last_month=last_month,
    segment=segment,
    slice_name=slice_name,
    history=history,
    found=found,
    latest=latest,
    units=units,
    work=work,
    unit=unit,
)
with st.grid(6, min_column_width=150, gap="small"):
    margin_model = "fct_cost_versions" if rates_from else "fct_margins"
    for label, metric, model, column in (
        ("Gross margin", "gross_margin", margin_model, "margin_ratio"),
        ("Cost to serve", "cost_to_serve", margin_model, "cost"),
        ("Unprofitable customers", "exposed_share", "fct_margins", "is_exposed"),
        ("Discount leakage", "discount_leakage", "fct_discount_leakage", "leakage_ratio"),
        (
            "Billing tickets per 100",
            "billing_tickets_per_100_accounts",
            "fct_support_load",
            "billing_ticket_count",
        ),
    ):
        display.card(
            view,
            label,
            panels.figure(state, metric),
            panels.remark(state, metric),
            trend=trend(trends[metric], "value"),
            help=display.help_text(snapshot, model, column),
        )
    display.card(
        view,
        f"Cost per {unit}",
        unit_price(latest["unit_cost"], known.currency)
        if latest is not None and latest["unit_cost"] is not None
        else "n/a",
        (latest["reason"] or f"{headline(latest['quantity'])} units")
        if latest is not None
        else no_unit_cost,
        trend=trend(work, "unit_cost") if latest is not None else None,
        help=display.help_text(snapshot, "fct_unit_costs", "unit_cost"),
    )


left, right = st.columns(2, gap="medium")
with left:
    margins = (
        None if rates_from else panels.missing(state, "gross_margin", "Gross margin", panels.RATES)
    )
    if rates_from and at_rates is not None:
        at_rates = within(at_rates, first_month, last_month)
        with_value = [row for row in rows(at_rates) if row["value"] is not None]
        if with_value:
            message = (
                f"At rates from {day(rates_from)} gross margin is "
                f"{percent(with_value[-1]['value'])} in "
                f"{month(with_value[-1]['month'])}; it was {percent(with_value[-1]['as_it_was'])}"
            )
            display.draw(
                view,
                two_margins(drawn(at_rates), colors, message, "(Revenue − cost) ÷ revenue"),
                {row["month"] for row in rows(at_rates)},
            )
            downloads.download(view, at_rates, "gross-margin-at-rates")
        else:
            why = version["reason"] if version else "no closed month has a margin"
            display.nothing(view, f"Gross margin is not available: {plain(why)}.", panels.RATES)
    if margins is not None:
        with_value = [row for row in rows(margins) if row["value"] is not None]
        message = (
            f"Gross margin went from {percent(with_value[0]['value'])} in "
            f"{month(with_value[0]['month'])} to "
            f"{percent(with_value[-1]['value'])} in {month(with_value[-1]['month'])}"
        )
        display.draw(
            view,
            rate_line(drawn(margins), colors, message, "(Revenue − cost) ÷ revenue"),
            {row["month"] for row in rows(margins)},
        )
        downloads.download(view, margins, "gross-margin")
with right:
    spent = within(economics.meter_costs(snapshot, segment, currency), first_month, last_month)
    paid = [row for row in rows(spent) if row["cost"] is not None]
    if paid:
        latest_paid = [row for row in paid if row["month"] == paid[-1]["month"]]
        most = max(latest_paid, key=lambda row: row["cost"])
        message = f"{words(most['meter'])} cost most in {month(most['month'])}: " + headline(
            most["cost"], known.currency
        )
        display.draw(
            view,
            costs(drawn(spent), colors, message, known.currency),
            {row["month"] for row in paid},
            lists_notes=False,
        )
        downloads.download(view, spent, "meter-costs")
    else:
        reason = next((row["reason"] for row in rows(spent) if row["reason"]), "no usage is loaded")
        display.nothing(view, f"Cost to serve is not available: {plain(reason)}.", panels.RATES)

GROUPS = {"heavy": "Heavy users", "other": "All others"}
left, right = st.columns(2, gap="medium")
if heavy is None or others is None:
    with left:
        if currency != EVERYONE:
            panels.together(state, "The margin of heavy users is published")
        elif proposal:
            display.nothing(
                view,
                f"{plain(name)} has too few closed months for any account of this segment, so the "
                "margin of heavy users is not compared.",
                "Choose another proposal or segment.",
            )
        else:
            display.nothing(
                view,
                "No proposal is rated, so the margin of heavy users is not compared.",
                "Add one to reference/scenarios.csv and refresh.",
            )
else:
    both = rows(groups)
    share = f"{round_percent(heavy['heavy_account_share'])} of the accounts with the highest cost"
    with left:
        if any(row["current_margin_ratio"] is not None for row in both):
            shown = drawn(groups)
            shown["name"] = [f"{GROUPS[row['account_group']]} ({row['accounts']})" for row in both]
            message = (
                f"Heavy users: {percent(heavy['current_margin_ratio'])} margin today, "
                f"{percent(heavy['proposed_margin_ratio'])} under {name}"
            )
            if heavy["current_margin_ratio"] is None:
                message = f"No margin of heavy users: {heavy['reason']}"
            elif heavy["is_small"]:
                message = f"{plural(heavy['accounts'], 'heavy user')}: too few to draw conclusions"
            display.draw(
                view,
                group_margins(shown, colors, message, f"Gross margin of the {share}, and others"),
            )
        else:
            display.nothing(
                view,
                f"The margin of heavy users is not available: {plain(heavy['reason'])}.",
                panels.RATES,
            )
    with right:
        st.markdown(f"**Heavy users** today and under {plain(name)}, by cost to serve")
        tables.table(
            view,
            groups,
            {
                "account_group": columns.name("Accounts"),
                "accounts": columns.count("How many"),
                "current_margin_ratio": columns.percent("Margin today"),
                "proposed_margin_ratio": columns.percent("Proposed"),
                "margin_change": columns.text("Change", alignment="right"),
                "current_revenue": columns.money("Billed today", known.currency),
                "proposed_revenue": columns.money("Proposed bill"),
                "cost": columns.money("Cost"),
                "accounts_left_out": columns.count("Left out"),
                "is_small": columns.yes("Small"),
                "reason": columns.text("Why not"),
                "heavy_account_share": columns.percent("Share that is heavy"),
                "month": None,
                "scenario_name": None,
            },
            models=("fct_heavy_user_margins",),
            words={"account_group": GROUPS.__getitem__, "margin_change": points},
            alt="Margin of heavy users and of all others, today and under the proposal",
            file=("heavy-users", "Download"),
        )
        st.caption(
            f"Over the 12 closed months up to {month(heavy['month'])} that both models bill, with "
            "actual costs and the same usage."
        )

left, right = st.columns(2, gap="medium")
with left:
    leakage = panels.missing(
        state,
        "discount_leakage",
        "Discount leakage",
        "List prices come from invoices or the price book.",
    )
    if leakage is not None:
        fires_at = threshold(snapshot, "discount_leakage", segment)
        last = panels.known_last(leakage)
        message = (
            f"{percent(last['value'])} of list price was lost to discounts in "
            f"{month(last['month'])}"
        )
        line = float(fires_at) if fires_at is not None else None
        display.draw(
            view,
            rate_line(drawn(leakage), colors, message, "1 − realized ÷ list", line),
            {row["month"] for row in rows(leakage)},
            lists_notes=False,
        )
        downloads.download(view, leakage, "discount-leakage")
with right:
    load = panels.missing(
        state,
        "billing_tickets_per_100_accounts",
        "Support load",
        "Add support_tickets with topics or tags and refresh.",
    )
    if load is not None:
        last = panels.known_last(load)
        message = (
            f"{number(last['value'], 1)} billing tickets per 100 accounts in {month(last['month'])}"
        )
        display.draw(
            view,
            tickets(drawn(load), colors, message),
            {row["month"] for row in rows(load)},
            lists_notes=False,
        )
        downloads.download(view, load, "billing-tickets")


if currency == EVERYONE:
    panels.what_a_unit_costs(state)
else:
    panels.together(state, f"The cost of a {unit} is published")


panels.side_by_side(state)

proposed = economics.proposals(snapshot, segment)
if proposed.num_rows and currency != EVERYONE:
    panels.together(state, "The margin under each proposal is published")
elif proposed.num_rows:
    st.markdown(f"**Margin under each proposal**, {plain(labels.segment(segment))}")
    tables.table(
        view,
        proposed,
        {
            "scenario_id": None,
            "scenario_name": columns.name("Proposal"),
            "accounts": columns.count("Accounts"),
            "current_reporting": columns.money("Billed today", known.currency),
            "proposed_reporting": columns.money("Proposed", known.currency),
            "revenue_change": columns.change_ratio("Revenue"),
            "margin_change": columns.points("Margin, change"),
            "keeps_margin": columns.yes("Keeps the limit"),
        },
        models=("fct_segment_scenarios",),
        alt="Change of revenue and margin under each proposal",
        file=("margin-by-proposal", "Download"),
    )

listed = economics.accounts(snapshot, segment, currency)
st.markdown(f"**Accounts** in {month(known.last_closed_month)}, thinnest margin first")
tables.table(
    view,
    listed,
    {
        **columns.account(),
        "revenue": columns.money("Revenue", known.currency),
        "cost": columns.money("Cost"),
        "margin": columns.money("Margin"),
        "margin_ratio": columns.percent("Margin, share"),
        "is_exposed": columns.yes("Costs more than it pays"),
        "leakage_ratio": columns.percent("Discount leakage"),
        "billing_ticket_count": columns.count("Billing tickets"),
        "reason": columns.text("Why not"),
    },
    models=("fct_margins", "fct_discount_leakage", "fct_support_load"),
    alt="Revenue, cost and margin by account, thinnest margin first",
    file=("margins", "Download"),
)
foot.definitions(
    view,
    "fct_slice_metrics",
    "fct_margins",
    "fct_cost_versions",
    "fct_heavy_user_margins",
    "fct_unit_costs",
    "fct_meter_costs",
    "fct_discount_leakage",
    "fct_support_load",
    "fct_segment_scenarios",
)
