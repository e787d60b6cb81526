"""What a segment pays today, would pay under a proposal, and with changed prices."""

from decimal import Decimal
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import TITLE_AND_AXIS, Palette, percent_axis, titled

BARS = ("Today", "Proposal as published", "With your changes")


@cached
def totals(
    amounts: tuple[Decimal, Decimal, Decimal],
    colors: Palette,
    message: str,
    currency: str,
    months: int,
) -> Any:
    """Three bars from zero: what is billed is solid, what is proposed is outlined."""
    drawn = pd.DataFrame({"model": BARS, "billed": [float(amount) for amount in amounts]})
    chart = (
        alt.Chart(drawn)
        .mark_bar(strokeWidth=1.2, height=26)
        .encode(
            y=alt.Y("model:N", sort=list(BARS), title=None, axis=alt.Axis(labelLimit=220)),
            x=alt.X("billed:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
            fill=alt.Fill(
                "model:N",
                legend=None,
                scale=alt.Scale(
                    domain=list(BARS),
                    range=[colors.current, colors.proposed_fill, colors.proposed_fill],
                ),
            ),
            stroke=alt.Stroke(
                "model:N",
                legend=None,
                scale=alt.Scale(
                    domain=list(BARS), range=[colors.current, colors.proposed, colors.proposed]
                ),
            ),
            tooltip=[
                alt.Tooltip("model:N", title="Bills"),
                alt.Tooltip("billed:Q", title=currency, format=",.2f"),
            ],
        )
    )
    return titled(chart, message, f"{months} closed months, {currency}", colors, height=190)


ASSUMPTIONS = {
    "churn": "Extra churn",
    "usage": "Usage response",
    "adoption": "Adoption (only who pays less)",
}


@cached
def tornado(effects: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """The effect of each assumption compared with the plan, the largest on top.

    Columns: assumption, assumption_case (low, high), effect (reporting currency), effect_ratio.
    """
    shown = effects.assign(
        name=[ASSUMPTIONS.get(name, name) for name in effects["assumption"]],
        case=effects["assumption_case"],
    )
    base = alt.Chart(shown)
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=220))
    tooltip = [
        alt.Tooltip("name:N", title="Assumption"),
        alt.Tooltip("case:N", title="Case"),
        alt.Tooltip("effect:Q", title=f"Revenue ({currency})", format="+,.0f"),
        alt.Tooltip("effect_ratio:Q", title="of the plan", format="+.1%"),
    ]
    bars = base.mark_bar(height=22, strokeWidth=1.2).encode(
        y=y,
        x=alt.X("effect:Q", title=None, axis=alt.Axis(format="+~s", tickCount=5)),
        fill=alt.FillValue(
            colors.current,
            condition={"test": "datum.case === 'low'", "value": colors.proposed_fill},
        ),
        stroke=alt.StrokeValue(
            colors.current, condition={"test": "datum.case === 'low'", "value": colors.proposed}
        ),
        tooltip=tooltip,
    )
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=colors.ink).encode(x=alt.X("at:Q"))
    return titled(
        alt.layer(bars, zero),
        message,
        f"Revenue of twelve months against the plan, {currency}; outlined: low case, solid: high",
        colors,
        height=210,
    )


@cached
def outcome_dots(
    outcomes: pd.DataFrame, colors: Palette, message: str, of: str = "as published"
) -> Any:
    """Twenty equally likely changes of revenue as dots around today's.

    Columns: outcome, revenue_change (ratio), is_gain. of: whose outcomes they are.
    """
    base = alt.Chart(outcomes)
    dots = base.mark_point(filled=True, size=110, strokeWidth=1.4).encode(
        x=alt.X(
            "revenue_change:Q",
            title=None,
            axis=percent_axis(sign=True, digits=1, tickCount=6),
            scale=alt.Scale(zero=False, nice=True),
        ),
        y=alt.Y("outcome:Q", axis=None, scale=alt.Scale(domain=[0, 21])),
        fill=alt.FillValue(
            colors.ground, condition={"test": "datum.is_gain", "value": colors.good}
        ),
        stroke=alt.StrokeValue(
            colors.bad, condition={"test": "datum.is_gain", "value": colors.good}
        ),
        tooltip=[
            alt.Tooltip("outcome:Q", title="Outcome, from the lowest"),
            alt.Tooltip("revenue_change:Q", title="Revenue", format="+.1%"),
        ],
    )
    today = (
        alt.Chart(pd.DataFrame({"at": [0]}))
        .mark_rule(color=colors.ink, strokeDash=[4, 3])
        .encode(x=alt.X("at:Q"))
    )
    return titled(
        alt.layer(dots, today),
        message,
        f"Change of revenue, 20 equally likely outcomes, {of}; filled: gain, dashed: as today",
        colors,
        height=210,
    )


@cached
def single_effects(
    effects: pd.DataFrame, colors: Palette, message: str, currency: str, months: int
) -> Any:
    """The effect of each single change as a bar from zero, then all together and the interaction.

    Columns: part (change, all, rest), change, effect (reporting currency), in the order shown.
    """
    base = alt.Chart(effects)
    y = alt.Y(
        "change:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=300, labelOverlap=False, domain=False, ticks=False),
    )
    bars = base.mark_bar(height=16, strokeWidth=1.2, stroke=colors.proposed).encode(
        y=y,
        x=alt.X("effect:Q", title=None, axis=alt.Axis(format="+~s", tickCount=5)),
        fill=alt.FillValue(
            colors.proposed_fill,
            condition={"test": "datum.part === 'all'", "value": colors.proposed},
        ),
        tooltip=[
            alt.Tooltip("change:N", title="Change"),
            alt.Tooltip("effect:Q", title=f"Revenue ({currency})", format="+,.0f"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=colors.ink).encode(x=alt.X("at:Q"))
    return titled(
        alt.layer(bars, zero),
        message,
        f"Revenue of {months} closed months against the proposal as published, {currency}; solid: "
        "all together",
        colors,
        height=TITLE_AND_AXIS + 26 * max(len(effects), 2),
    )
