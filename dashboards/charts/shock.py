"""Charts of the bill shock page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import TITLE_AND_AXIS, Palette, month_axis, percent_axis, titled
from dashboards.formatting import percent


@cached
def shares(
    rates: pd.DataFrame,
    colors: Palette,
    message: str,
    measure: str,
    limit: float | None,
    no_go: float | None,
) -> Any:
    """Share of accounts shocked by segment, with its 80 % range and the two limits.

    Columns: segment, shock_share, shock_share_low, shock_share_high (ratios), accounts.
    """
    y = alt.Y("segment:N", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False))
    tooltip = [
        alt.Tooltip("segment:N", title="Segment"),
        alt.Tooltip("shock_share:Q", title="Shocked", format=".1%"),
        alt.Tooltip("shock_share_low:Q", title="80 % range from", format=".1%"),
        alt.Tooltip("shock_share_high:Q", title="to", format=".1%"),
        alt.Tooltip("accounts:Q", title="Accounts"),
    ]
    base = alt.Chart(rates.assign(label=[percent(share) for share in rates["shock_share"]]))
    bars = base.mark_bar(
        height=16, fill=colors.proposed_fill, stroke=colors.proposed, strokeWidth=1
    ).encode(
        y=y,
        x=alt.X("shock_share:Q", title=None, axis=percent_axis(tickCount=5)),
        tooltip=tooltip,
    )
    ranges = base.mark_rule(color=colors.ink, strokeWidth=1.5).encode(
        y=y, x=alt.X("shock_share_low:Q"), x2=alt.X2("shock_share_high:Q"), tooltip=tooltip
    )
    labels = base.mark_text(align="left", dx=5, dy=-8, fontSize=11, color=colors.ink).encode(
        y=y, x=alt.X("shock_share:Q"), text=alt.Text("label:N")
    )
    layers = [bars, ranges, labels]
    for at, color in ((limit, colors.caution), (no_go, colors.bad)):
        if at is not None:
            layers.append(
                alt.Chart(pd.DataFrame({"at": [at]}))
                .mark_rule(color=color, strokeDash=[4, 3])
                .encode(x=alt.X("at:Q"))
            )
    return titled(
        alt.layer(*layers),
        message,
        measure,
        colors,
        height=TITLE_AND_AXIS + 36 * max(len(rates), 2),
    )


@cached
def monthly_rates(rates: pd.DataFrame, colors: Palette, message: str, limit: float | None) -> Any:
    """Jumps (all large rises) and shocks (those not ordered) by month, one segment.

    Columns: month, jump_rate, shock_rate (ratios), jumps, shocks, baseline_bills.
    """
    x = alt.X("month:O", axis=month_axis(grid=False))
    tooltip = [
        alt.Tooltip("month:O", title="Month"),
        alt.Tooltip("shock_rate:Q", title="Shocked", format=".1%"),
        alt.Tooltip("jump_rate:Q", title="Jumped", format=".1%"),
        alt.Tooltip("shocks:Q", title="Bills shocked"),
        alt.Tooltip("jumps:Q", title="Bills jumped"),
        alt.Tooltip("baseline_bills:Q", title="Bills with a baseline"),
    ]
    base = alt.Chart(rates)
    jumps = base.mark_bar(fill=None, stroke=colors.neutral, strokeWidth=1.2).encode(
        x=x,
        y=alt.Y("jump_rate:Q", title=None, axis=percent_axis()),
        tooltip=tooltip,
    )
    shocks = base.mark_bar(color=colors.bad).encode(x=x, y=alt.Y("shock_rate:Q"), tooltip=tooltip)
    layers = [jumps, shocks]
    if limit is not None:
        layers.append(
            alt.Chart(pd.DataFrame({"at": [limit]}))
            .mark_rule(color=colors.caution, strokeDash=[4, 3])
            .encode(y=alt.Y("at:Q"))
        )
    return titled(
        alt.layer(*layers),
        message,
        "Share of bills with a baseline, by month; solid: shock, outline: jump of any cause",
        colors,
        height=280,
    )


@cached
def relief_effects(
    effects: pd.DataFrame, colors: Palette, message: str, measure: str, limit: float | None
) -> Any:
    """Share of accounts shocked without and with each level of a relief, and the limit.

    Columns: level (its label), shock_share_before, shock_share_after (ratios),
    shocked_before, shocked_after, capped_accounts, monthly_cost.
    """
    base = alt.Chart(
        effects.assign(label=[percent(share) for share in effects["shock_share_after"]])
    )
    most = float(effects["shock_share_before"].max())
    y = alt.Y("level:N", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False))
    tooltip = [
        alt.Tooltip("level:N", title="Level"),
        alt.Tooltip("shocked_before:Q", title="Shocked without"),
        alt.Tooltip("shocked_after:Q", title="Shocked with it"),
        alt.Tooltip("capped_accounts:Q", title="Accounts relieved"),
        alt.Tooltip("monthly_cost:Q", title="Cost a month", format=",.0f"),
    ]
    before = base.mark_bar(fill=None, stroke=colors.neutral, strokeWidth=1.2, height=18).encode(
        y=y,
        x=alt.X(
            "shock_share_before:Q",
            title=None,
            axis=percent_axis(tickCount=5),
            # room for the figure next to the longest bar, also on a phone
            scale=alt.Scale(domain=[0, 1.25 * max(most, limit or 0, 0.01)], nice=False),
        ),
    )
    after = base.mark_bar(
        fill=colors.proposed_fill, stroke=colors.proposed, strokeWidth=1, height=18
    ).encode(y=y, x=alt.X("shock_share_after:Q"), tooltip=tooltip)
    labels = base.mark_text(align="left", dx=5, fontSize=11, color=colors.ink).encode(
        # next to the outline, which is the upper bound
        y=y,
        x=alt.X("shock_share_before:Q"),
        text=alt.Text("label:N"),
    )
    layers = [before, after, labels]
    if limit is not None:
        layers.append(
            alt.Chart(pd.DataFrame({"at": [limit]}))
            .mark_rule(color=colors.caution, strokeDash=[4, 3])
            .encode(x=alt.X("at:Q"))
        )
    return titled(
        alt.layer(*layers), message, measure, colors, height=TITLE_AND_AXIS + 34 * len(effects)
    )
