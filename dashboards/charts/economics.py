"""Charts of the economics page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import TITLE_AND_AXIS, Palette, month_axis, titled
from dashboards.formatting import percent


@cached
def rate_line(
    rates: pd.DataFrame,
    colors: Palette,
    message: str,
    measure: str,
    fires_at: float | None = None,
    *,
    height: int = 260,
) -> Any:
    """A ratio by closed month, with the line at which its signal fires.

    Columns: month (2026-10), value (ratio), accounts.
    """
    x = alt.X("month:O", axis=month_axis(grid=False))
    # a margin moves by less than a point, so whole per cents would repeat as labels
    axis = alt.Axis(labelExpr="format(datum.value, '.1%')", tickCount=5, tickMinStep=0.001)
    y = alt.Y("value:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=True))
    base = alt.Chart(rates)
    line = base.mark_line(color=colors.current, strokeWidth=2).encode(x=x, y=y)
    dots = base.mark_point(filled=True, size=36, color=colors.current).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("month:O", title="Month"),
            alt.Tooltip("value:Q", title=measure, format=".1%"),
            alt.Tooltip("accounts:Q", title="Accounts"),
        ],
    )
    layers = [line, dots]
    if fires_at is not None:
        limit = pd.DataFrame({"at": [fires_at], "text": [f"fires at {percent(fires_at, 0)}"]})
        layers.append(
            alt.Chart(limit).mark_rule(color=colors.bad, strokeDash=[4, 3]).encode(y=alt.Y("at:Q"))
        )
        layers.append(
            alt.Chart(limit)
            .mark_text(align="left", baseline="top", dy=4, dx=3, color=colors.bad, fontSize=11)
            .encode(y=alt.Y("at:Q"), x=alt.XValue(0), text=alt.Text("text:N"))
        )
    measured = f"{measure} by closed month; the axis does not start at zero"
    return titled(alt.layer(*layers), message, measured, colors, height=height)


@cached
def tickets(counts: pd.DataFrame, colors: Palette, message: str, *, height: int = 260) -> Any:
    """Billing tickets per 100 accounts by closed month. Columns: month, value, accounts."""
    base = (
        alt.Chart(counts)
        .mark_bar(color=colors.current)
        .encode(
            x=alt.X("month:O", axis=month_axis(grid=False)),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format="~g")),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("value:Q", title="Tickets per 100 accounts", format=".1f"),
                alt.Tooltip("accounts:Q", title="Accounts"),
            ],
        )
    )
    measured = "Tickets about billing or pricing per 100 accounts, by closed month"
    return titled(base, message, measured, colors, height=height)


@cached
def costs(
    by_meter: pd.DataFrame, colors: Palette, message: str, currency: str, *, height: int = 260
) -> Any:
    """The cost of usage by closed month and meter. Columns: month, meter, cost, quantity."""
    base = (
        alt.Chart(by_meter)
        .mark_bar()
        .encode(
            x=alt.X("month:O", axis=month_axis(grid=False)),
            y=alt.Y("sum(cost):Q", title=None, axis=alt.Axis(format="~s")),
            color=alt.Color("meter:N", title=None, scale=alt.Scale(range=list(colors.categories))),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("meter:N", title="Meter"),
                alt.Tooltip("cost:Q", title=f"Cost ({currency})", format=",.2f"),
                alt.Tooltip("quantity:Q", title="Quantity", format=",.0f"),
            ],
        )
    )
    measured = f"Cost of usage by closed month and meter, {currency}"
    return titled(base, message, measured, colors, height=height)


@cached
def unit_cost_line(
    months: pd.DataFrame, colors: Palette, message: str, measure: str, *, height: int = 260
) -> Any:
    """The cost to serve one unit, by closed month. Columns.

    Month, unit_cost, quantity, accounts.
    """
    x = alt.X("month:O", axis=month_axis(grid=False))
    y = alt.Y("unit_cost:Q", title=None, axis=alt.Axis(format=".3~g", tickCount=5))
    tooltip = [
        alt.Tooltip("month:O", title="Month"),
        alt.Tooltip("unit_cost:Q", title="A unit", format=".6~g"),
        alt.Tooltip("cost:Q", title="Cost", format=",.2f"),
        alt.Tooltip("quantity:Q", title="Units", format=",.0f"),
        alt.Tooltip("accounts:Q", title="Accounts"),
    ]
    base = alt.Chart(months)
    line = base.mark_line(color=colors.current, strokeWidth=2).encode(x=x, y=y)
    dots = base.mark_point(filled=True, size=36, color=colors.current).encode(
        x=x, y=y, tooltip=tooltip
    )
    return titled(alt.layer(line, dots), message, measure, colors, height=height)


AS_IT_WAS, AT_RATES = "as it was", "at these rates"


@cached
def two_margins(
    rates: pd.DataFrame, colors: Palette, message: str, measure: str, *, height: int = 260
) -> Any:
    """Gross margin by closed month: at actual costs solid, at other rates dashed.

    Columns: month (2026-10), as_it_was and value (ratios), cost_as_it_was, cost, accounts.
    """
    axis = alt.Axis(
        labelExpr="replace(format(datum.value, '.1%'), '%', ' %')", tickCount=5, tickMinStep=0.001
    )
    color = alt.Color(
        "costs:N",
        title=None,
        scale=alt.Scale(domain=[AS_IT_WAS, AT_RATES], range=[colors.current, colors.proposed]),
        legend=alt.Legend(symbolType="stroke", symbolStrokeWidth=2),
    )
    base = (
        alt.Chart(rates)
        .transform_calculate(**{AS_IT_WAS: "datum.as_it_was", AT_RATES: "datum.value"})
        .transform_fold([AS_IT_WAS, AT_RATES], as_=["costs", "margin"])
        .transform_filter("isValid(datum.margin)")
        .encode(
            x=alt.X("month:O", axis=month_axis(grid=False)),
            y=alt.Y("margin:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=True)),
            color=color,
        )
    )
    line = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDashValue(
            [5, 3], condition={"test": f"datum.costs === '{AS_IT_WAS}'", "value": [1, 0]}
        )
    )
    dots = base.mark_point(filled=True, size=36).encode(
        tooltip=[
            alt.Tooltip("month:O", title="Month"),
            alt.Tooltip("as_it_was:Q", title="As it was", format=".1%"),
            alt.Tooltip("value:Q", title="At these rates", format=".1%"),
            alt.Tooltip("cost_as_it_was:Q", title="Cost as it was", format=",.2f"),
            alt.Tooltip("cost:Q", title="Cost at these rates", format=",.2f"),
            alt.Tooltip("accounts:Q", title="Accounts"),
        ]
    )
    measured = f"{measure} by closed month; the axis does not start at zero"
    return titled(alt.layer(line, dots), message, measured, colors, height=height)


@cached
def group_margins(groups: pd.DataFrame, colors: Palette, message: str, measure: str) -> Any:
    """Margin of groups of accounts under both models: today solid, the proposal outlined.

    Columns: name, accounts, current_margin_ratio, proposed_margin_ratio, is_small (drawn faint).
    """
    models = ["current_margin_ratio", "proposed_margin_ratio"]
    base = (
        alt.Chart(groups)
        .transform_fold(models, as_=["model", "margin"])
        .transform_filter("isValid(datum.margin)")
        .encode(
            y=alt.Y(
                "name:N",
                sort=None,
                title=None,
                axis=alt.Axis(domain=False, ticks=False, labelLimit=200),
            ),
            yOffset=alt.YOffset("model:N", sort=models, scale=alt.Scale(domain=models)),
            tooltip=[
                alt.Tooltip("name:N", title="Accounts"),
                alt.Tooltip("current_margin_ratio:Q", title="Margin today", format=".1%"),
                alt.Tooltip("proposed_margin_ratio:Q", title="Under the proposal", format=".1%"),
                alt.Tooltip("accounts:Q", title="How many"),
            ],
        )
    )
    x = alt.X(
        "margin:Q",
        title=None,
        axis=alt.Axis(labelExpr="replace(format(datum.value, '.0%'), '%', ' %')", tickCount=5),
    )
    bars = base.mark_bar(strokeWidth=1.2).encode(
        x=x,
        # its figures stay legible
        opacity=alt.Opacity(
            "is_small:N",
            legend=None,
            scale=alt.Scale(domain=[False, True], range=[1, 0.4]),
        ),
        fill=alt.Fill(
            "model:N",
            legend=None,
            scale=alt.Scale(domain=models, range=[colors.current, colors.proposed_fill]),
        ),
        stroke=alt.Stroke(
            "model:N",
            legend=None,
            scale=alt.Scale(domain=models, range=[colors.current, colors.proposed]),
        ),
    )
    # outward from the end of the bar
    labels = [
        base.transform_filter(f"datum.margin {sign} 0")
        .transform_calculate(label="replace(format(datum.margin, '.1%'), '%', ' %')")
        .mark_text(align=align, dx=dx, fontSize=11, color=colors.ink)
        .encode(x=x, text=alt.Text("label:N"))
        for sign, align, dx in ((">=", "left", 4), ("<", "right", -4))
    ]
    measured = f"{measure}; current solid, proposed outlined"
    height = TITLE_AND_AXIS + 60 * max(len(groups), 2)
    return titled(alt.layer(bars, *labels), message, measured, colors, height=height)
