"""Charts of the data health page."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import TITLE_AND_AXIS, Palette, month_axis, titled


@cached
def export_months(months: pd.DataFrame, colors: Palette, message: str) -> Any:
    """Rows of each export by month: filled if there are any, outlined if there are none.

    Columns: month (2026-10), label (export for people), row_count, text, state (rows, gap, open).
    """
    states = ["rows", "open", "gap"]
    base = alt.Chart(months).encode(
        x=alt.X("month:O", axis=month_axis(domain=False, ticks=False, labelFlush=False)),
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelFlush=False),
        ),
        tooltip=[
            alt.Tooltip("label:N", title="Export"),
            alt.Tooltip("month:O", title="Month"),
            alt.Tooltip("row_count:Q", title="Rows", format=",d"),
        ],
    )
    cells = base.mark_rect(strokeWidth=1.4, cornerRadius=2).encode(
        fill=alt.Fill(
            "state:N",
            legend=None,
            scale=alt.Scale(
                domain=states, range=[colors.proposed_fill, colors.middle, colors.ground]
            ),
        ),
        stroke=alt.Stroke(
            "state:N",
            legend=None,
            scale=alt.Scale(
                domain=states, range=[colors.proposed_fill, colors.neutral, colors.bad]
            ),
        ),
    )
    # on a phone the counts would overlap; cells and tooltips still show them
    wide = alt.ExprRef("width > 560 ? 1 : 0")
    texts = base.mark_text(fontSize=10, color=colors.ink, opacity=wide).encode(
        text=alt.Text("text:N")
    )
    return titled(
        alt.layer(cells, texts),
        message,
        "Rows by calendar month of the event; red outline: none in a closed month; "
        "grey outline: month not over",
        colors,
        height=TITLE_AND_AXIS + 30 * max(months["label"].nunique(), 1),
    )
