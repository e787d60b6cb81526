"""Charts of the timing page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.theme import Palette, every_month, month_axis, titled


def move_calendar(calendar: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """MRR that can move by month and segment: solid where it can, outlined where it is locked.

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
                scale=alt.Scale(domain=every_month(calendar["month"])),
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
            fillOpacity=alt.condition("datum.status === 'in_wave'", alt.value(1), alt.value(0)),
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
        height=320,
    )


def cash_effect(waves: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """What the moved bills change a month, wave by wave, and together so far.

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
        scale=alt.Scale(domain=every_month(waves["month"])),
    )
    base = alt.Chart(waves)
    bars = base.mark_bar(fill=colors.proposed_fill, stroke=colors.proposed, strokeWidth=1.2).encode(
        x=x,
        y=alt.Y("monthly_change:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
        tooltip=tooltip,
    )
    # what moved stays moved until the next wave
    line = base.mark_line(
        color=colors.ink,
        strokeWidth=1.6,
        interpolate="step-after",
        point=alt.OverlayMarkDef(size=30, color=colors.ink),
    ).encode(x=x, y="monthly_change_so_far:Q", tooltip=tooltip)
    return titled(
        alt.layer(bars, line),
        message,
        f"Change of billed amount a month, {currency}; bars: each wave, line: together so far",
        colors,
        height=320,
    )
