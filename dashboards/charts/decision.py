"""Charts of the decision page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import (
    TITLE_AND_AXIS,
    Palette,
    percent_axis,
    period_label,
    titled,
)
from dashboards.formatting import percent


@cached
def revenue_ranges(
    ranges: pd.DataFrame,
    colors: Palette,
    message: str,
    limit: float | None,
    level: int,
    gains: str = "",
) -> Any:
    """One bar of a confidence level with its middle per segment, against zero and the limit.

    Columns: segment, revenue_change, revenue_change_low, revenue_change_high (ratios). The limit is
    one on the lower end of 80 % ranges, whatever level is drawn. gains: how many of twenty equally
    likely outcomes bring more, in words; empty where it is not known.
    """
    rows = alt.Y(
        "segment:N",
        sort=None,
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelOverlap=False),
    )
    tooltip = [
        alt.Tooltip("segment:N", title="Segment"),
        alt.Tooltip("revenue_change:Q", title="Revenue change", format="+.1%"),
        alt.Tooltip("revenue_change_low:Q", title=f"{level} % range from", format="+.1%"),
        alt.Tooltip("revenue_change_high:Q", title="to", format="+.1%"),
    ]
    base = alt.Chart(
        ranges.assign(label=[percent(change, sign=True) for change in ranges["revenue_change"]])
    )
    bar = base.mark_bar(
        height=8, fill=colors.proposed_fill, stroke=colors.proposed, strokeWidth=1
    ).encode(
        y=rows,
        x=alt.X(
            "revenue_change_low:Q",
            title=None,
            axis=percent_axis(sign=True, tickCount=5),
        ),
        x2=alt.X2("revenue_change_high:Q"),
        tooltip=tooltip,
    )
    middle = base.mark_point(filled=True, size=70, color=colors.proposed).encode(
        y=rows, x=alt.X("revenue_change:Q"), tooltip=tooltip
    )
    # beside the range: above it, it would stand on the bar of the row before
    label = base.mark_text(dx=6, align="left", fontSize=11, color=colors.ink).encode(
        y=rows, x=alt.X("revenue_change_high:Q"), text=alt.Text("label:N")
    )
    layers = [_rule(0.0, colors.muted, []), bar, middle, label]
    if limit is not None:
        layers.insert(1, _rule(limit, colors.bad, [4, 3]))
    of = "" if level == 80 else " of the 80 % range"
    parts = (
        f"Revenue change, {level} % range",
        gains,
        f"dashed: limit{of}" if limit is not None else "",
    )
    measure = "; ".join(part for part in parts if part)
    return titled(
        alt.layer(*layers),
        message,
        measure,
        colors,
        height=TITLE_AND_AXIS - 14 + 24 * max(len(ranges), 1),
    )


def _rule(at: float, color: str, dash: list[int]) -> Any:
    return (
        alt.Chart(pd.DataFrame({"at": [at]}))
        .mark_rule(color=color, strokeDash=dash)
        .encode(x=alt.X("at:Q"))
    )


@cached
def renewal_calendar(renewals: pd.DataFrame, colors: Palette, message: str, measure: str) -> Any:
    """MRR by month of a renewal: solid where it is free, outlined where a contract locks it.

    Columns: month (2026-10), status (free, locked), accounts, mrr (reporting currency), is_best.
    The months of the best window stand on a ground of their own.
    """
    said = {"free": "free", "locked": "locked until then"}
    rows = alt.Y(
        "month:O",
        title=None,
        axis=alt.Axis(
            labelExpr=period_label("datum.value"), labelOverlap=False, domain=False, ticks=False
        ),
    )
    window = (
        alt.Chart(renewals.loc[renewals["is_best"], ["month"]].drop_duplicates())
        .mark_rect(color=colors.proposed_fill)
        .encode(y=rows)
    )
    bars = (
        alt.Chart(renewals.assign(state=[said[status] for status in renewals["status"]]))
        .mark_bar(strokeWidth=1, height=alt.RelativeBandSize(band=0.6), stroke=colors.current)
        .encode(
            y=rows,
            x=alt.X("sum(mrr):Q", title=None, axis=alt.Axis(format="~s", tickCount=4)),
            fill=alt.FillValue(
                colors.ground,
                condition={"test": "datum.status === 'free'", "value": colors.current},
            ),
            order=alt.Order("status:N"),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("state:N", title="State"),
                alt.Tooltip("accounts:Q", title="Accounts"),
                alt.Tooltip("mrr:Q", title="MRR", format=",.0f"),
            ],
        )
    )
    return titled(
        alt.layer(window, bars),
        message,
        measure,
        colors,
        height=TITLE_AND_AXIS + 24 * max(renewals["month"].nunique(), 4),
    )
