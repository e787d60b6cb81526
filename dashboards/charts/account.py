"""Charts of the account page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import Palette, month_axis, titled


@cached
def seats_timeline(seats: pd.DataFrame, colors: Palette, message: str) -> Any:
    """Billable seats as steps, active ones dashed.

    Columns: month (2026-10), billable_seats, active_seats, utilization.
    """
    chart = (
        alt.Chart(seats)
        .transform_fold(["billable_seats", "active_seats"], as_=["kind", "count"])
        .transform_filter("isValid(datum.count)")
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("month:O", axis=month_axis(grid=False)),
            y=alt.Y("count:Q", title=None, scale=alt.Scale(zero=True)),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(
                    domain=["billable_seats", "active_seats"],
                    range=[colors.current, colors.proposed],
                ),
                legend=alt.Legend(
                    labelExpr="datum.value == 'active_seats' ? 'active' : 'billable'"
                ),
            ),
            strokeDash=alt.StrokeDash(
                "kind:N",
                legend=None,
                scale=alt.Scale(domain=["billable_seats", "active_seats"], range=[[1, 0], [5, 3]]),
            ),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("billable_seats:Q", title="Billable", format=",.1f"),
                alt.Tooltip("active_seats:Q", title="Active", format=",.1f"),
                alt.Tooltip("utilization:Q", title="Utilization", format=".1%"),
            ],
        )
    )
    return titled(chart, message, "Seats, weighted by time, by month", colors, height=300)


@cached
def usage_timeline(usage: pd.DataFrame, colors: Palette, message: str, meter: str) -> Any:
    """Work by month, people and automation stacked.

    Columns: month (2026-10), actor_type, quantity.
    """
    fills = dict(zip(("human", "automation", "unknown"), colors.categories, strict=False))
    actors = [actor for actor in fills if actor in set(usage["actor_type"])]
    chart = (
        alt.Chart(usage)
        .mark_bar()
        .encode(
            x=alt.X("month:O", axis=month_axis(grid=False)),
            y=alt.Y("quantity:Q", title=None, stack=True, axis=alt.Axis(format="~s")),
            color=alt.Color(
                "actor_type:N",
                title=None,
                sort=actors,
                scale=alt.Scale(domain=actors, range=[fills[actor] for actor in actors]),
            ),
            order=alt.Order("actor_type:N", sort="descending"),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("actor_type:N", title="Done by"),
                alt.Tooltip("quantity:Q", title=meter, format=",.2~f"),
            ],
        )
    )
    return titled(chart, message, f"{meter} by month and who did it", colors, height=300)
