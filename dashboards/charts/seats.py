"""Charts of the seat utilization page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import TITLE_AND_AXIS, Palette, month_axis, percent_axis, titled
from dashboards.formatting import percent


@cached
def utilization_line(
    rates: pd.DataFrame,
    colors: Palette,
    message: str,
    fires_at: float | None,
    measure: str = "Active ÷ billable seats by month; band: 80 % range",
) -> Any:
    """Utilization by closed month with its 80 % band, if it has one, and the firing line.

    Columns: month (2026-10), value, low, high (ratios), accounts.
    """
    x = alt.X("month:O", axis=month_axis(grid=False))
    tooltip = [
        alt.Tooltip("month:O", title="Month"),
        alt.Tooltip("value:Q", title="Utilization", format=".1%"),
        alt.Tooltip("low:Q", title="80 % range from", format=".1%"),
        alt.Tooltip("high:Q", title="to", format=".1%"),
        alt.Tooltip("accounts:Q", title="Accounts"),
    ]
    base = alt.Chart(rates)
    band = base.mark_area(color=colors.proposed_fill, opacity=0.6).encode(
        x=x,
        y=alt.Y("low:Q", title=None, axis=percent_axis(), scale=alt.Scale(domain=[0, 1])),
        y2=alt.Y2("high:Q"),
    )
    line = base.mark_line(color=colors.proposed, strokeWidth=2).encode(x=x, y=alt.Y("value:Q"))
    dots = base.mark_point(filled=True, size=36, color=colors.proposed).encode(
        x=x, y=alt.Y("value:Q"), tooltip=tooltip
    )
    layers = [band, line, dots]
    if fires_at is not None:
        limit = pd.DataFrame({"at": [fires_at], "text": [f"fires below {percent(fires_at, 0)}"]})
        layers.append(
            alt.Chart(limit).mark_rule(color=colors.bad, strokeDash=[4, 3]).encode(y=alt.Y("at:Q"))
        )
        layers.append(
            alt.Chart(limit)
            .mark_text(align="left", baseline="bottom", dy=-3, dx=3, color=colors.bad, fontSize=11)
            .encode(y=alt.Y("at:Q"), x=alt.XValue(0), text=alt.Text("text:N"))
        )
    return titled(
        alt.layer(*layers),
        message,
        measure,
        colors,
        height=300,
    )


@cached
def utilization_bands(bands: pd.DataFrame, colors: Palette, message: str) -> Any:
    """Accounts by tenth of utilization. Columns: band, tenth, accounts, idle_amount."""
    base = alt.Chart(bands).encode(
        x=alt.X(
            "band:N", sort=None, title="Utilization", axis=alt.Axis(labelAngle=0, labelOverlap=True)
        ),
        y=alt.Y("accounts:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
        tooltip=[
            alt.Tooltip("band:N", title="Utilization"),
            alt.Tooltip("accounts:Q", title="Accounts"),
            alt.Tooltip("idle_amount:Q", title="Paid for idle seats", format=",.0f"),
        ],
    )
    bars = base.mark_bar(color=colors.current)
    labels = (
        base.mark_text(dy=-7, fontSize=11, color=colors.ink)
        .transform_filter("datum.accounts > 0")
        .encode(text=alt.Text("accounts:Q"))
    )
    return titled(
        alt.layer(bars, labels),
        message,
        "Accounts by utilization of their seats",
        colors,
        height=300,
    )


@cached
def utilization_against_automation(
    points: pd.DataFrame,
    colors: Palette,
    message: str,
    measure: str,
    currency: str,
    fires_at: float | None,
) -> Any:
    """One circle per account: work done by automation (x), seats used (y), MRR as its size.

    Columns: account_id, segment, utilization, automation_share (ratios), billable_seats, mrr.
    """
    share = alt.Scale(domain=[0, 1])
    circles = (
        alt.Chart(points)
        .mark_circle(color=colors.proposed, opacity=0.55, stroke=colors.ground, strokeWidth=0.5)
        .encode(
            x=alt.X(
                "automation_share:Q",
                title="Share of work that automation did",
                axis=percent_axis(),
                scale=share,
            ),
            y=alt.Y("utilization:Q", title="Seats used", axis=percent_axis(), scale=share),
            size=alt.Size("mrr:Q", legend=None, scale=alt.Scale(range=[20, 420])),
            tooltip=[
                alt.Tooltip("account_id:N", title="Account"),
                alt.Tooltip("segment:N", title="Segment"),
                alt.Tooltip("utilization:Q", title="Utilization", format=".1%"),
                alt.Tooltip("automation_share:Q", title="Automation", format=".1%"),
                alt.Tooltip("billable_seats:Q", title="Billable seats", format=",.1f"),
                alt.Tooltip("mrr:Q", title=f"MRR ({currency})", format=",.0f"),
            ],
        )
    )
    layers = [circles]
    if fires_at is not None:
        limit = pd.DataFrame({"at": [fires_at]})
        layers.append(
            alt.Chart(limit).mark_rule(color=colors.bad, strokeDash=[4, 3]).encode(y=alt.Y("at:Q"))
        )
    return titled(alt.layer(*layers), message, measure, colors, height=360)


@cached
def seats_against_work(
    seats: pd.DataFrame, work: pd.DataFrame, colors: Palette, message: str, meter: str
) -> Any:
    """Seats above, work below, on the same months: whether seats still follow the work.

    seats: month, billable_seats, active_seats. work: month, actor_type, quantity.
    """
    # the first three categories are distinct in grey, too
    fills = dict(zip(("human", "automation", "unknown"), colors.categories, strict=False))
    actors = [actor for actor in fills if actor in set(work["actor_type"])]
    above = (
        alt.Chart(seats)
        .transform_fold(["billable_seats", "active_seats"], as_=["kind", "count"])
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("month:O", axis=month_axis(labels=False, ticks=False, grid=False)),
            y=alt.Y("count:Q", title="Seats"),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(
                    domain=["billable_seats", "active_seats"],
                    range=[colors.current, colors.proposed],
                ),
                legend=alt.Legend(
                    labelExpr="{'billable_seats': 'billable seats', 'active_seats': 'active seats'}"
                    "[datum.value]"
                ),
            ),
            strokeDash=alt.StrokeDash(
                "kind:N",
                legend=None,
                scale=alt.Scale(domain=["billable_seats", "active_seats"], range=[[1, 0], [5, 3]]),
            ),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("kind:N", title="Seats"),
                alt.Tooltip("count:Q", title="Count", format=",.0f"),
            ],
        )
        .properties(height=130)
    )
    below = (
        alt.Chart(work)
        .mark_bar()
        .encode(
            # Streamlit cuts off what extends beyond the sides of stacked charts
            x=alt.X("month:O", axis=month_axis(grid=False, labelBound=True)),
            y=alt.Y("sum(quantity):Q", title="Work", axis=alt.Axis(format="~s")),
            color=alt.Color(
                "actor_type:N",
                title=None,
                scale=alt.Scale(domain=actors, range=[fills[actor] for actor in actors]),
            ),
            order=alt.Order("actor_type:N", sort="descending"),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("actor_type:N", title="Done by"),
                alt.Tooltip("quantity:Q", title="Quantity", format=",.0f"),
            ],
        )
        .properties(height=140)
    )
    return titled(
        alt.vconcat(above, below, spacing=6).resolve_scale(color="independent", x="shared"),
        message,
        f"Billable and active seats (above), {meter} by who did the work (below), by month",
        colors,
    )


@cached
def idle_by_segment(idle: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """Money paid for idle seats by segment. Columns: segment, idle_amount, idle_seats."""
    base = alt.Chart(idle).encode(
        y=alt.Y("segment:N", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False)),
        x=alt.X("idle_amount:Q", title=None, axis=alt.Axis(format="~s", tickCount=4)),
        tooltip=[
            alt.Tooltip("segment:N", title="Segment"),
            alt.Tooltip("idle_amount:Q", title=f"Idle ({currency})", format=",.2f"),
            alt.Tooltip("idle_seats:Q", title="Idle seats", format=",.1f"),
        ],
    )
    labels = base.mark_text(align="left", dx=4, fontSize=11, color=colors.ink).encode(
        text=alt.Text("idle_amount:Q", format=".3~s")
    )
    return titled(
        alt.layer(base.mark_bar(color=colors.caution, height=16), labels),
        message,
        f"Paid for idle seats in the month, {currency}",
        colors,
        height=TITLE_AND_AXIS + 32 * max(len(idle), 2),
    )
