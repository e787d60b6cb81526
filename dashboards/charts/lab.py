"""What a segment pays today, would pay under a proposal, and under other prices of it."""

from decimal import Decimal
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.theme import Palette, titled

BARS = ("Today", "Proposal as published", "With your changes")


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
