"""The panels of the page Bill shock: each draws one part of the page from its state."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards import columns, filters, labels, takeaways
from dashboards.charts.shock import monthly_rates, relief_effects, shares
from dashboards.data import shock
from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, drawn, rows, within
from dashboards.data.thresholds import threshold
from dashboards.formatting import number, percent, plain, plural
from dashboards.shell import display, tables
from dashboards.view import Page

SHOCK, MIGRATION, WALLET = "fct_bill_shock", "fct_migration_shock", "fct_wallet"
# their names in thresholds.csv, and their defaults
ALERTS = (("low", "First", 70), ("middle", "Second", 90), ("full", "Last", 100))


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    currency: str
    first_month: str
    last_month: str
    segment: str
    is_year: bool
    span_of_time: str
    models: dict[str, str]
    migration: Any
    limits: dict[str, Decimal | None]


def line(page: State, name: str) -> float | None:
    """A threshold as a line on a chart."""
    value = page.limits[name]
    return float(value) if value is not None else None


def by_segment(page: State, chosen: Row) -> None:
    """Migration shock of every segment compared with the limits."""
    table = drawn(page.migration)
    table = table[table["scenario_id"] == chosen["scenario_id"]]
    table = table.assign(segment=[labels.segment(name) for name in table["segment"]])
    limit = line(page, "limit_shock_share")
    over = int((table["shock_share"] > limit).sum()) if limit is not None else 0
    display.draw(
        page.view,
        shares(
            table,
            page.colors,
            f"{chosen['scenario_name']}: {over} of {len(table)} segments over the limit",
            "Accounts with migration shock; thin line: 80 % range; dashed: limit and no-go",
            limit,
            line(page, "no_go_shock_share"),
        ),
    )


def month_to_month(page: State, model: str) -> None:
    """Jumps and shocks of one model's bills by month."""
    monthly = drawn(
        within(
            shock.rates(page.snapshot, model, page.segment, page.currency),
            page.first_month,
            page.last_month,
        )
    )
    jumped, shocked = int(monthly["jumps"].sum()), int(monthly["shocks"].sum())
    if not monthly["baseline_bills"].sum():
        display.nothing(
            page.view,
            "No bill can be compared with a usual bill yet.",
            "A usual bill needs two comparable earlier bills.",
        )
    elif jumped:
        verb = "was" if shocked == 1 else "were"
        time = "a year" if page.is_year else page.span_of_time
        own = "" if page.currency == EVERYONE else f" in {page.currency}"
        message = f"{number(shocked)} of {plural(jumped, 'jump')}{own} in {time} {verb} not ordered"
        display.draw(
            page.view,
            monthly_rates(monthly, page.colors, message, line(page, "limit_shock_share")),
            set(monthly["month"]),
        )
    else:
        st.success(
            f"No bill{'' if page.currency == EVERYONE else f' in {plain(page.currency)}'} jumped "
            f"under {plain(page.models[model])} in {page.span_of_time}.",
            icon=":material/check:",
        )


def relieved(page: State, chosen: Row) -> Row | None:
    """The effect and cost of a cap, a soft cap or a credit; returns the row of the chosen level."""
    st.markdown("**Would a relief fix it?**")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = filters.by_id(
            page.view, "Relief", "relief", labels.RELIEFS, default="hard_cap", width=160
        )
        assert kind is not None
        effects = shock.reliefs(page.snapshot, chosen["scenario_id"], page.segment, kind)
        listed = rows(effects)
        if listed:
            effect = relief_level(page, kind, listed)
    if not listed:
        display.nothing(
            page.view,
            "No relief can be tried for this segment.",
            "Accounts need closed months under both models.",
        )
        return None
    left, right = st.columns(2, gap="medium")
    with left:
        display.draw(
            page.view,
            relief_effects(
                drawn(effects).assign(level=list(levels(listed).values())),
                page.colors,
                takeaways.relief(effect, page.known.currency),
                f"Shocked by {labels.RELIEF_LEVELS[kind]}; outline: without it, dashed: limit",
                line(page, "limit_shock_share"),
            ),
        )
    with right:
        tables.table(
            page.view,
            effects,
            {
                "relief": None,
                "cap_ratio": columns.change_ratio("From an increase of", pinned=True)
                if kind != "credit"
                else None,
                "credit_months": columns.count("Months' rise") if kind == "credit" else None,
                "accounts": None,
                "shocked_before": columns.count("Shocked without"),
                "shocked_after": columns.count("With it"),
                "shock_share_before": columns.percent("Share without"),
                "shock_share_after": columns.percent("Share with"),
                "capped_accounts": columns.count("Accounts relieved"),
                "monthly_cost": columns.money("Cost a month", page.known.currency),
            },
            models=("fct_cap_effects",),
            alt="Accounts shocked without and with each level of the relief, and its monthly cost",
            file=("reliefs", "Download relief"),
        )
        st.caption(relief_words(page, kind))
        own = shock.own_relief(page.snapshot, chosen["scenario_id"], page.segment)
        spared = own["shocked"] - own["shocked_at_first"]
        if spared:
            st.caption(
                f"The proposal's own grandfathering already spares {number(spared)} of "
                f"{plural(own['shocked'], 'account')} while it lasts; these figures do not include "
                "it."
            )
    return effect


def levels(listed: list[Row]) -> dict[str, str]:
    """The levels of a relief: its value in a link, and its label."""
    if listed[0]["relief"] == "credit":
        return {
            str(row["credit_months"]): takeaways.months_rise(row["credit_months"]) for row in listed
        }
    return {
        f"{row['cap_ratio'].normalize():f}": percent(row["cap_ratio"], 0, sign=True)
        for row in listed
    }


def relief_level(page: State, kind: str, listed: list[Row]) -> Row:
    """The row of the chosen level."""
    names = levels(listed)
    label, parameter, usual = (
        ("A credit of", "credit", "3")
        if kind == "credit"
        else ("From an increase of", "cap", "0.2")
    )
    picked = filters.by_id(
        page.view,
        label,
        parameter,
        names,
        default=usual if usual in names else next(iter(names)),
        width=180,
    )
    return dict(zip(names, listed, strict=True))[str(picked)]


def relief_words(page: State, kind: str) -> str:
    """How the relief works, in words."""
    if kind == "credit":
        return (
            "A credit is given once to every account whose bills would rise. It equals the "
            "average monthly increase times the number of months, and offsets increases month by "
            "month. It is a cost of the first year only."
        )
    if kind == "hard_cap":
        return "A month's bill is capped at that much above today's bill for the same month."
    share = page.limits["soft_cap_share"]
    return (
        f"Of the amount beyond the cap, {percent(share, 0)} is billed (soft_cap_share in "
        "thresholds.csv)."
    )


def alert_levels(page: State) -> tuple[list[Decimal], bool]:
    """The shares at which alerts are due, and whether they are those in thresholds.csv."""
    chosen, as_set = [], True
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for name, label, usual in ALERTS:
            value = threshold(page.snapshot, f"wallet_alert_{name}", page.segment)
            percents = int(value * 100) if value is not None else usual
            level = filters.number(
                page.view,
                f"{label} alert at (%)",
                f"alert_{name}",
                default=percents,
                least=1,
                most=500,
                step=5,
                help=f"Share of the planned credits. The levels in force are wallet_alert_{name} "
                "and the others in thresholds.csv; a value entered here is only tried.",
                width=170,
            )
            as_set = as_set and level == percents
            chosen.append(Decimal(level) / 100)
    return sorted(set(chosen)), as_set


def credits(page: State, model: str) -> None:
    """Alerts and work beyond the credits, if the model has credits."""
    if not shock.has_wallets(page.snapshot, model):
        return
    st.markdown(
        f"**Credits under {plain(page.models[model])}**: alerts and usage beyond the balance"
    )
    levels, as_set = alert_levels(page)
    table = shock.wallets(page.snapshot, model, page.segment, levels, page.currency)
    if not table.num_rows:
        display.nothing(
            page.view, "No account of this segment and currency has credits.", "Choose another."
        )
        return
    tables.table(
        page.view,
        table,
        {
            "month": columns.month("Month", pinned=True),
            "is_provisional": columns.yes("Running"),
            "alert_level": columns.percent(
                "Alert reached", help=display.help_text(page.snapshot, WALLET, "consumed_ratio")
            ),
            "accounts": columns.count("Accounts"),
            "demand": columns.figure("Credits asked for", 0),
            "overage": columns.figure("Billed beyond", 0),
            "grace": columns.figure("Grace", 0),
            "refused": columns.figure("Refused", 0),
            "throttled": columns.figure("Throttled", 0),
            "next_alert_on": columns.day("Next alert") if as_set else None,
        },
        models=(WALLET,),
        alt="Accounts by month and alert level with the credits beyond their balance",
        file=("credit-alerts", "Download alerts"),
    )
    if not as_set:
        st.caption("The date of the next alert is known only for the levels in thresholds.csv.")


def risky(page: State, chosen: Row) -> None:
    """Who would be shocked, or whose bill would rise by the reader's own limits."""
    set_rise = page.limits["migration_increase_ratio"]
    set_amount = page.limits["migration_increase_amount"]
    usual_rise = int(set_rise * 100) if set_rise is not None else 20
    usual_amount = int(set_amount) if set_amount is not None else 0
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        rise = filters.number(
            page.view,
            "Increase at least (%)",
            "rise",
            default=usual_rise,
            most=1000,
            step=5,
            width=160,
        )
        amount = filters.number(
            page.view,
            f"and per month at least ({page.known.currency})",
            "amount",
            default=usual_amount,
            step=10,
            help="A large increase of a small bill is no problem: both must be reached.",
            width=210,
        )
    as_set = (rise, amount) == (usual_rise, usual_amount)
    listed = shock.at_risk(
        page.snapshot,
        chosen["scenario_id"],
        page.segment,
        None if as_set else Decimal(rise) / 100,
        None if as_set else Decimal(amount),
        page.currency,
    )
    said = "At risk" if as_set else f"Rising by {rise} % and {number(amount)} a month or more"
    st.markdown(
        f"**{said} under {plain(chosen['scenario_name'])}**: "
        f"{plural(listed.num_rows, 'account')}, largest monthly increase first"
    )
    if not listed.num_rows:
        what = "be shocked by this proposal" if as_set else "see its bill rise by both"
        st.caption(f"No account of this segment would {what}.")
        return
    tables.table(
        page.view,
        listed,
        {
            **columns.account(),
            "current_reporting": columns.money("Current, 12 months", page.known.currency),
            "proposed_reporting": columns.money("Proposed", page.known.currency),
            "monthly_increase_reporting": columns.money("Rise a month"),
            "difference_ratio": columns.change_ratio("Change"),
            "is_shock": columns.yes("Shock"),
            "is_shock_grandfathered": columns.yes("Shock at first"),
            "renewal_date": columns.day("Renews"),
            **columns.owner(listed),
        },
        models=(MIGRATION,),
        alt="Accounts that the proposal would shock",
        file=("at-risk", "Download list"),
    )
