"""Charts of the shadow billing page: current solid, proposed outlined."""

from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import TITLE_AND_AXIS, Palette, month_axis, titled
from dashboards.formatting import headline, number


@cached
def totals(
    bills: pd.DataFrame, colors: Palette, message: str, currency: str, height: int = 320
) -> Any:
    """Both models by month, side by side.

    Columns: month (2026-10), current_amount, proposed_amount (one currency).
    """
    base = (
        alt.Chart(bills)
        .transform_fold(["current_amount", "proposed_amount"], as_=["model", "billed"])
        .mark_bar(strokeWidth=1.2)
        .encode(
            x=alt.X("month:O", axis=month_axis(grid=False)),
            xOffset=alt.XOffset("model:N", sort=["current_amount", "proposed_amount"]),
            y=alt.Y("billed:Q", title=None, axis=alt.Axis(format="~s")),
            fill=alt.Fill(
                "model:N",
                title=None,
                scale=alt.Scale(
                    domain=["current_amount", "proposed_amount"],
                    range=[colors.current, colors.proposed_fill],
                ),
                legend=alt.Legend(
                    labelExpr="{'current_amount': 'current (solid)',"
                    " 'proposed_amount': 'proposed (outlined)'}[datum.value]",
                    symbolStrokeColor=colors.proposed,
                ),
            ),
            stroke=alt.Stroke(
                "model:N",
                legend=None,
                scale=alt.Scale(
                    domain=["current_amount", "proposed_amount"],
                    range=[colors.current, colors.proposed],
                ),
            ),
            tooltip=[
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip("current_amount:Q", title=f"Current ({currency})", format=",.2f"),
                alt.Tooltip("proposed_amount:Q", title=f"Proposed ({currency})", format=",.2f"),
            ],
        )
    )
    return titled(base, message, f"Billed by month, {currency}", colors, height=height)


@cached
def beside(proposals: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """Both models of each proposal over the same accounts: today solid, the proposal outlined.

    Columns: name, current_reporting, proposed_reporting, label.
    """
    models = ["current_reporting", "proposed_reporting"]
    base = alt.Chart(proposals).encode(
        y=alt.Y(
            "name:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelLimit=190),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="Proposal"),
            alt.Tooltip("current_reporting:Q", title=f"Current ({currency})", format=",.2f"),
            alt.Tooltip("proposed_reporting:Q", title=f"Proposed ({currency})", format=",.2f"),
        ],
    )
    bars = (
        base.transform_fold(models, as_=["model", "billed"])
        .mark_bar(strokeWidth=1.2)
        .encode(
            yOffset=alt.YOffset("model:N", sort=models),
            x=alt.X("billed:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
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
    )
    labels = base.mark_text(align="left", dx=5, dy=8, fontSize=11, color=colors.ink).encode(
        x=alt.X("proposed_reporting:Q"), text=alt.Text("label:N")
    )
    return titled(
        alt.layer(bars, labels),
        message,
        f"Billed over the closed months compared, {currency}; current solid, proposed outlined",
        colors,
        height=TITLE_AND_AXIS + 44 * max(len(proposals), 2),
    )


BAND_LABELS = {
    "<=-50": "≤ −50 %",
    "-50..-25": "−50 … −25",
    "-25..-10": "−25 … −10",
    "-10..-2": "−10 … −2",
    "-2..2": "± 2 %",
    "2..10": "+2 … +10",
    "10..25": "+10 … +25",
    "25..50": "+25 … +50",
    ">50": "> +50 %",
}


@cached
def bands(counts: pd.DataFrame, colors: Palette, message: str, currency: str) -> Any:
    """Accounts by band of change, with what they pay today: winners above, losers below.

    Columns: band (as in change_band), position, accounts, current_amount, monthly_amount (what they
    pay today in an average month).
    """
    middle = list(BAND_LABELS).index("-2..2")
    labelled = counts.assign(
        label=[BAND_LABELS.get(band, band) for band in counts["band"]],
        side=[
            "less" if position < middle else "more" if position > middle else "same"
            for position in counts["position"]
        ],
        summary=[
            f"{number(accounts)} acc. · {headline(money)}"
            for accounts, money in zip(counts["accounts"], counts["monthly_amount"], strict=True)
        ],
    )
    most = int(counts["accounts"].max())
    base = alt.Chart(labelled).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelLimit=90),
        ),
        x=alt.X(
            "accounts:Q",
            title=None,
            axis=alt.Axis(tickMinStep=1, tickCount=4, format="d"),
            # room for the label next to the longest bar, also on a phone
            scale=alt.Scale(domain=[0, 1.6 * max(most, 1)], nice=False),
        ),
        tooltip=[
            alt.Tooltip("label:N", title="Change"),
            alt.Tooltip("accounts:Q", title="Accounts"),
            alt.Tooltip("monthly_amount:Q", title=f"Billed a month ({currency})", format=",.2f"),
            alt.Tooltip("current_amount:Q", title="In the months compared", format=",.2f"),
        ],
    )
    bars = base.mark_bar(height=16).encode(
        color=alt.Color(
            "side:N",
            legend=None,
            scale=alt.Scale(
                domain=["less", "same", "more"], range=[colors.good, colors.neutral, colors.bad]
            ),
        )
    )
    labels = (
        base.transform_filter("datum.accounts > 0")
        .mark_text(align="left", dx=5, fontSize=11, color=colors.ink)
        .encode(text=alt.Text("summary:N"))
    )
    return titled(
        alt.layer(bars, labels),
        message,
        f"Accounts by change of their bill in per cent · what they pay today a month, {currency}",
        colors,
        height=TITLE_AND_AXIS + 26 * len(BAND_LABELS),
    )
