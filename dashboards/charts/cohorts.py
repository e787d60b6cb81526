"""Charts of the cohorts page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import TITLE_AND_AXIS, Palette, period_label, titled

# the row below the triangle, over all cohorts that are old enough
AVERAGE = "average"
# the name of the selection made by a click
CELL = "cell"
NAMES = period_label("datum.value", [AVERAGE])


@cached
def triangle(
    cells: pd.DataFrame,
    field: str,
    colors: Palette,
    message: str,
    measure: str,
    *,
    unit: str = "months",
    shown: str | None = None,
) -> Any:
    """Start months down, months since across, the rate in each cell, colour around 100 %.

    Columns: cohort (2026-10, 2026-Q4 or average), age, `field` (ratio), accounts_start,
    accounts_retained, is_mature, is_small. Immature cells are outlined instead of filled, small
    ones grey. shown: a column whose amount is written in the cell instead of the rate.
    """
    base = alt.Chart(cells).encode(
        x=alt.X(
            "age:O",
            title=f"{unit.capitalize()} since the cohort started",
            axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False),
        ),
        y=alt.Y(
            "cohort:O",
            title=None,
            sort=list(dict.fromkeys(cells["cohort"])),
            axis=alt.Axis(labelExpr=NAMES, labelFlush=False, domain=False, ticks=False),
        ),
        tooltip=[
            alt.Tooltip("cohort:O", title="Cohort"),
            alt.Tooltip("age:O", title=f"{unit.capitalize()} since"),
            alt.Tooltip(f"{field}:Q", title="Rate", format=".1%"),
            *([alt.Tooltip(f"{shown}:Q", title="Left", format=",.0f")] if shown else []),
            alt.Tooltip("accounts_start:Q", title="Accounts at start"),
            alt.Tooltip("accounts_retained:Q", title="Accounts retained"),
            alt.Tooltip("is_mature:N", title="Month closed"),
            alt.Tooltip("is_small:N", title="Too few accounts"),
        ],
    )
    filled = (
        base.transform_filter("datum.is_mature && !datum.is_small")
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
    small = base.transform_filter("datum.is_mature && datum.is_small").mark_rect(
        fill=colors.grid, stroke=colors.ground
    )
    hollow = base.transform_filter("!datum.is_mature").mark_rect(
        fill=None, stroke=colors.neutral, strokeDash=[2, 2]
    )
    # on a phone the cells are too narrow for figures: only colours are shown
    text = base.mark_text(fontSize=alt.expr("bandwidth('x') < 26 ? 0 : 11")).encode(
        text=alt.Text(f"{shown}:Q", format=".3~s")
        if shown
        else alt.Text(f"{field}:Q", format=".0%"),
        color=alt.ColorValue(
            colors.ink,
            condition={
                "test": f"datum.is_mature && !datum.is_small && abs(datum.{field} - 1) > 0.3",
                "value": "#FFFFFF" if colors.ground == "#FFFFFF" else colors.ink,
            },
        ),
    )
    # on top, so that a click anywhere in a cell selects it
    chosen = alt.selection_point(name=CELL, fields=["cohort", "age"], on="click", clear=False)
    touched = base.mark_rect(fill="transparent", cursor="pointer").add_params(chosen)
    return titled(
        alt.layer(filled, small, hollow, text, touched),
        message,
        measure,
        colors,
        height=TITLE_AND_AXIS + 30 + 22 * max(cells["cohort"].nunique(), 4),
    )
