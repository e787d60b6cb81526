"""Charts of the cohorts page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.theme import TITLE_AND_AXIS, Palette, titled


def triangle(cells: pd.DataFrame, field: str, colors: Palette, message: str, measure: str) -> Any:
    """Start months down, months since across, the rate in each cell, colour around 100 %.

    Columns: cohort (2026-10), age_months, `field` (ratio), accounts_start, accounts_retained,
    is_mature. Immature cells are outlined instead of filled.
    """
    base = alt.Chart(cells).encode(
        x=alt.X(
            "age_months:O",
            title="Months since the cohort started",
            axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False),
        ),
        y=alt.Y(
            "cohort:O",
            title=None,
            axis=alt.Axis(
                labelExpr="utcFormat(toDate(datum.value + '-01'), '%b %y')",
                domain=False,
                ticks=False,
            ),
        ),
        tooltip=[
            alt.Tooltip("cohort:O", title="Cohort"),
            alt.Tooltip("age_months:O", title="Months since"),
            alt.Tooltip(f"{field}:Q", title="Rate", format=".1%"),
            alt.Tooltip("accounts_start:Q", title="Accounts at start"),
            alt.Tooltip("accounts_retained:Q", title="Accounts retained"),
            alt.Tooltip("is_mature:N", title="Month closed"),
        ],
    )
    filled = (
        base.transform_filter("datum.is_mature")
        .mark_rect(stroke=colors.ground)
        .encode(
            color=alt.Color(
                f"{field}:Q",
                scale=alt.Scale(
                    domain=[0.5, 1, 1.5],
                    range=[colors.below, colors.middle, colors.above],
                    clamp=True,
                ),
                legend=None,
            )
        )
    )
    hollow = base.transform_filter("!datum.is_mature").mark_rect(
        fill=None, stroke=colors.neutral, strokeDash=[2, 2]
    )
    # on a phone the cells are too narrow for figures: the colours and the file remain
    text = base.mark_text(fontSize=alt.expr("bandwidth('x') < 26 ? 0 : 11")).encode(
        text=alt.Text(f"{field}:Q", format=".0%"),
        color=alt.condition(
            f"datum.is_mature && abs(datum.{field} - 1) > 0.3",
            alt.value("#FFFFFF" if colors.ground == "#FFFFFF" else colors.ink),
            alt.value(colors.ink),
        ),
    )
    return titled(
        alt.layer(filled, hollow, text),
        message,
        measure,
        colors,
        height=TITLE_AND_AXIS + 30 + 22 * max(cells["cohort"].nunique(), 4),
    )
