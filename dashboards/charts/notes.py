"""Numbered marks on a chart over months, one for each month with notes."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.theme import Palette


def noted(chart: Any, notes: pd.DataFrame, colors: Palette) -> Any:
    """The chart with a numbered disc above each month that has notes.

    chart: one whose x is the month (2026-10), with its own title and look. notes: month, label
    (the numbers) and text; only months that the chart shows, because others would widen its axis.
    """
    wide = notes.assign(size=[230 + 110 * (len(label) - 1) for label in notes["label"]])
    base = alt.Chart(wide).encode(
        x=alt.X("month:O"),
        y=alt.YValue(0),
        tooltip=[
            alt.Tooltip("label:N", title="Note"),
            alt.Tooltip("month:O", title="Month"),
            alt.Tooltip("text:N", title="Text"),
        ],
    )
    discs = base.mark_point(
        shape="circle", filled=True, opacity=1, color=colors.ink, strokeWidth=0
    ).encode(size=alt.Size("size:Q", scale=None, legend=None))
    numbers = base.mark_text(fontSize=10, fontWeight=600, color=colors.ground).encode(
        text=alt.Text("label:N")
    )
    inner = chart.copy()
    outer = {name: inner[name] for name in ("title", "height", "config")}
    for name in outer:
        inner[name] = alt.Undefined
    whole = alt.layer(inner, discs, numbers)
    for name, value in outer.items():
        whole[name] = value
    return whole
