"""Charts of the timing page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import Palette, every_month, month_axis, titled

HEIGHT = 280


@cached
def move_calendar(calendar: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """MRR that can move by month and segment: solid if it can, outlined if it is locked.

    Columns: month (2026-10), segment, status (in_wave, locked), accounts, mrr.
    """
    names = sorted(set(calendar["segment"]))
    shades = [colors.categories[n % len(colors.categories)] for n in range(len(names))]
    order = {"in_wave": "moves", "locked": "locked by contract until then"}
    chart = (
        alt.Chart(calendar.assign(state=[order[status] for status in calendar["status"]]))
        .mark_bar(strokeWidth=1.4)
        .encode(
            x=alt.X(
                "month:O",
                axis=month_axis(grid=False),
                scale=alt.Scale(domain=every_month(calendar["month"], 6)),
            ),
            y=alt.Y("sum(mrr):Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
            color=alt.Color(
                "segment:N",
                title=None,
                scale=alt.Scale(domain=names, range=shades),
                legend=alt.Legend(symbolType="square") if len(names) > 1 else None,
            ),
            stroke=alt.Stroke(
                "segment:N", legend=None, scale=alt.Scale(domain=names, range=shades)
            ),
            fillOpacity=alt.FillOpacityValue(
                0, condition={"test": "datum.status === 'in_wave'", "value": 1}
            ),
            order=alt.Order("status:N", sort="ascending"),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("segment:N", title="Segment"),
                alt.Tooltip("state:N", title="State"),
                alt.Tooltip("accounts:Q", title="Accounts"),
                alt.Tooltip("mrr:Q", title=f"MRR ({currency})", format=",.0f"),
            ],
        )
    )
    return titled(
        chart,
        message,
        f"MRR by month of the move, {currency}; solid: moves, outlined: locked until then",
        colors,
        height=HEIGHT,
    )


@cached
def bill_effect(waves: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """The monthly change of moved bills, per wave and cumulative.

    Columns: month, monthly_change, monthly_change_so_far (reporting currency), accounts.
    """
    tooltip = [
        alt.Tooltip("month:O", title="Month"),
        alt.Tooltip("accounts:Q", title="Accounts"),
        alt.Tooltip("monthly_change:Q", title=f"This wave ({currency})", format="+,.0f"),
        alt.Tooltip("monthly_change_so_far:Q", title="So far", format="+,.0f"),
    ]
    x = alt.X(
        "month:O",
        axis=month_axis(grid=False),
        scale=alt.Scale(domain=every_month(waves["month"], 6)),
    )
    base = alt.Chart(waves)
    bars = base.mark_bar(fill=colors.proposed_fill, stroke=colors.proposed, strokeWidth=1.2).encode(
        x=x,
        y=alt.Y("monthly_change:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
        tooltip=tooltip,
    )
    # the total is constant until the next wave
    line = base.mark_line(
        color=colors.ink,
        strokeWidth=1.6,
        interpolate="step-after",
        point=alt.OverlayMarkDef(size=30, color=colors.ink),
    ).encode(x=x, y=alt.Y("monthly_change_so_far:Q"), tooltip=tooltip)
    return titled(
        alt.layer(bars, line),
        message,
        f"Change of billed amount a month, {currency}; bars: each wave, line: cumulative",
        colors,
        height=HEIGHT,
    )


@cached
def load(by_month: pd.DataFrame, colors: Palette, message: str, capacity: int) -> Any:
    """Accounts that move in each month, accounts freed by a renewal, and the monthly limit.

    Columns: month, freed, moved.
    """
    x = alt.X(
        "month:O",
        axis=month_axis(grid=False),
        scale=alt.Scale(domain=every_month(by_month["month"], 6)),
    )
    tooltip = [
        alt.Tooltip("month:O", title="Month"),
        alt.Tooltip("moved:Q", title="Move"),
        alt.Tooltip("freed:Q", title="Renew, and could move"),
    ]
    axis = alt.Axis(format="~s", tickCount=5, tickMinStep=1)
    base = alt.Chart(by_month)
    moved = base.mark_bar(color=colors.proposed).encode(
        x=x, y=alt.Y("moved:Q", title=None, axis=axis), tooltip=tooltip
    )
    freed = base.mark_bar(fill=None, stroke=colors.current, strokeWidth=1.4).encode(
        x=x, y=alt.Y("freed:Q"), tooltip=tooltip
    )
    layers = [moved, freed]
    if capacity:
        line = pd.DataFrame({"at": [capacity], "text": [f"capacity {capacity}"]})
        layers += [
            alt.Chart(line).mark_rule(color=colors.bad, strokeDash=[4, 3]).encode(y=alt.Y("at:Q")),
            alt.Chart(line)
            .mark_text(align="right", baseline="bottom", dy=-3, color=colors.bad, fontSize=11)
            .encode(y=alt.Y("at:Q"), x=alt.XValue("width"), text=alt.Text("text:N")),
        ]
    measured = "Accounts a month; filled: move, outlined: their contract renews"
    return titled(alt.layer(*layers), message, measured, colors, height=HEIGHT)


MODELS = {"current": "Today's pricing", "proposed": "The proposal"}


@cached
def cash(months: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """Monthly cash under both models, with the proposal's range from low to high case if known.

    Columns: model (current, proposed), month, cash and, of a range, cash_low and cash_high.
    """
    has_range = "cash_low" in months
    scale = alt.Scale(domain=list(MODELS.values()), range=[colors.current, colors.proposed])
    # in the lines' full colour, not the band's
    legend = alt.Legend(symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=2)
    color = alt.Color("label:N", title=None, scale=scale, legend=legend)
    base = alt.Chart(months.assign(label=[MODELS[model] for model in months["model"]]))
    x = alt.X("month:O", axis=month_axis(grid=False))
    axis = alt.Axis(format="~s", tickCount=5)
    tooltip = [
        alt.Tooltip("month:O", title="Month"),
        alt.Tooltip("label:N", title="Model"),
        alt.Tooltip("cash:Q", title=f"Cash ({currency})", format=",.0f"),
    ]
    if has_range:
        tooltip += [
            alt.Tooltip("cash_low:Q", title="low case", format=",.0f"),
            alt.Tooltip("cash_high:Q", title="high case", format=",.0f"),
        ]
    band = base.mark_area(opacity=0.25).encode(
        x=x,
        y=alt.Y("cash_low:Q", title=None, axis=axis),
        y2=alt.Y2("cash_high:Q"),
        color=color,
    )
    line = base.mark_line(strokeWidth=2).encode(
        x=x,
        y=alt.Y("cash:Q", title=None, axis=axis),
        color=color,
        strokeDash=alt.StrokeDashValue(
            [5, 3], condition={"test": "datum.model === 'current'", "value": [1, 0]}
        ),
        tooltip=tooltip,
    )
    measured = f"Cash a month, {currency}; line: middle case"
    if has_range:
        measured += ", band: low to high churn and usage"
    layers = alt.layer(band, line) if has_range else alt.layer(line)
    return titled(layers, message, measured, colors, height=HEIGHT)
