"""Charts of the triggers page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import (
    LEGEND,
    TITLE,
    TITLE_AND_AXIS,
    Palette,
    month_axis,
    percent_axis,
    titled,
)

STATES = {
    "on": "● on",
    "waiting": "◐ over, waiting",
    "off": "○ off",
    "not_available": "– not available",
}


# Vega-Lite has no format for percentage points
POINTS = "replace(replace(format(datum.value, '+.1%'), '%', 'pts'), '+0.0 ', '0.0 ')"


@cached
def state_strip(states: pd.DataFrame, colors: Palette, message: str, height: int = 0) -> Any:
    """One row per signal, one cell per month: on, over and waiting, off, not available.

    Columns: month (2026-10), label (signal for people), state, sentence.
    """
    fills = {
        "on": colors.caution,
        "waiting": colors.middle,
        "off": colors.grid,
        "not_available": colors.ground,
    }
    strokes = {
        "on": colors.ground,
        "waiting": colors.caution,
        "off": colors.ground,
        "not_available": colors.neutral,
    }
    names = [name for name in STATES if name in set(states["state"])]
    base = alt.Chart(states.assign(mark=[STATES[state][0] for state in states["state"]])).encode(
        x=alt.X("month:O", axis=month_axis(domain=False, ticks=False, labelFlush=False)),
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelFlush=False),
        ),
        tooltip=[
            alt.Tooltip("month:O", title="Month"),
            alt.Tooltip("label:N", title="Signal"),
            alt.Tooltip("sentence:N", title="In words"),
        ],
    )
    legend = "{" + ", ".join(f"'{name}': '{STATES[name]}'" for name in names) + "}[datum.value]"
    cells = base.mark_rect(strokeWidth=2, cornerRadius=3).encode(
        fill=alt.Fill(
            "state:N",
            title=None,
            scale=alt.Scale(domain=names, range=[fills[name] for name in names]),
            legend=alt.Legend(labelExpr=legend, symbolType="square"),
        ),
        stroke=alt.Stroke(
            "state:N",
            legend=None,
            scale=alt.Scale(domain=names, range=[strokes[name] for name in names]),
        ),
    )
    # a symbol in each cell, for readers who cannot distinguish the colours
    marks = base.mark_text(fontSize=12).encode(
        text=alt.Text("mark:N"),
        color=alt.ColorValue(
            colors.muted, condition={"test": "datum.state === 'on'", "value": colors.ground}
        ),
    )
    signals = max(states["label"].nunique(), 1)
    return titled(
        alt.layer(cells, marks),
        message,
        "State of each signal by closed month",
        colors,
        height=height or TITLE_AND_AXIS + LEGEND + 27 * signals,
    )


@cached
def value_fit(
    values: pd.DataFrame, colors: Palette, message: str, measure: str, height: int = TITLE + 190
) -> Any:
    """Median over accounts with its quartiles by month, and rules where seats follow or do not.

    Columns: month (2026-10), value, low, high, accounts.
    """
    x = alt.X("month:O", axis=month_axis(grid=False))
    scale = alt.Scale(zero=False, nice=True)
    tooltip = [
        alt.Tooltip("month:O", title="Twelve months up to"),
        alt.Tooltip("value:Q", title="Median", format=".2f"),
        alt.Tooltip("low:Q", title="First quartile", format=".2f"),
        alt.Tooltip("high:Q", title="Third quartile", format=".2f"),
        alt.Tooltip("accounts:Q", title="Accounts", format=",.0f"),
    ]
    base = alt.Chart(values)
    band = base.mark_area(color=colors.proposed, opacity=0.18).encode(
        x=x, y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q", tooltip=tooltip
    )
    line = base.mark_line(color=colors.proposed, strokeWidth=2, point=True).encode(
        x=x,
        y=alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5, format=".1f")),
        tooltip=tooltip,
    )
    rules = (
        alt.Chart(pd.DataFrame({"at": [0.0, 1.0]}))
        .mark_rule(color=colors.muted, strokeDash=[4, 3], strokeWidth=1.2)
        .encode(y=alt.Y("at:Q"))
    )
    return titled(alt.layer(band, rules, line), message, measure, colors, height=height)


@cached
def part_line(
    values: pd.DataFrame,
    colors: Palette,
    message: str,
    measure: str,
    unit: str,
    fires_at: float | None,
    clears_at: float | None,
    tried_at: float | None = None,
) -> Any:
    """One metric by month with the lines at which it fires and stops.

    Columns: month (2026-10), value, low, high, is_firing. The scale need not start at zero.
    tried_at: the firing line that is tried, drawn solid.
    """
    if unit in ("ratio", "points"):
        lines = (fires_at, clears_at, tried_at)
        ends = [*values["value"].dropna(), *(at for at in lines if at is not None)]
        narrow = bool(ends) and max(ends) - min(ends) < 0.04
        axis = percent_axis(
            sign=unit == "points",
            digits=1 if narrow else 0,
            word="pts" if unit == "points" else "%",
            tickCount=4,
        )
        form = ".1%"
    else:
        axis, form = alt.Axis(tickCount=4), ".2f" if unit == "correlation" else ",.0f"
    x = alt.X("month:O", axis=month_axis(grid=False))
    base, value = alt.Chart(values), alt.Tooltip("value:Q", title="Value", format=form)
    if unit == "points":
        base = base.transform_calculate(said=POINTS)
        value = alt.Tooltip("said:N", title="Value")
    tooltip = [
        alt.Tooltip("month:O", title="Month"),
        value,
        alt.Tooltip("is_firing:N", title="Alerts"),
    ]
    scale = alt.Scale(zero=False, nice=True)
    line = base.mark_line(color=colors.proposed, strokeWidth=2).encode(
        x=x, y=alt.Y("value:Q", title=None, axis=axis, scale=scale), tooltip=tooltip
    )
    dots = base.mark_point(filled=True, size=46, opacity=1).encode(
        x=x,
        y=alt.Y("value:Q", title=None),
        color=alt.ColorValue(
            colors.proposed, condition={"test": "datum.is_firing", "value": colors.caution}
        ),
        shape=alt.ShapeValue("circle", condition={"test": "datum.is_firing", "value": "diamond"}),
        tooltip=tooltip,
    )
    layers = [line, dots]
    for at, color, dash in (
        (fires_at, colors.bad, [4, 3]),
        (clears_at, colors.muted, [1, 3]),
        (tried_at, colors.ink, [1, 0]),
    ):
        if at is not None:
            layers.append(
                alt.Chart(pd.DataFrame({"at": [at]}))
                .mark_rule(color=color, strokeDash=dash, strokeWidth=1.3)
                .encode(y=alt.Y("at:Q"))
            )
    return titled(alt.layer(*layers), message, measure, colors, height=TITLE + 150)
