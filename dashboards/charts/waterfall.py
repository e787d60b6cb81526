"""From one total to another, a bar per movement: MRR movements and bill bridges."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import altair as alt
import pandas as pd

from dashboards.charts.cached import cached
from dashboards.charts.theme import Palette, titled
from dashboards.formatting import headline

Step = tuple[str, Decimal]
# of the axis, in pixels: the width of a letter, and the longest label shown in full
LETTER = 6
LONGEST = 120


def steps(
    opening: Step, movements: Sequence[Step], closing: Step, end_kind: str = "total"
) -> pd.DataFrame:
    """Where each bar starts and ends; the movements must lead from opening to closing.

    Columns: step, start, end, top, amount, kind (total, up, down or `end_kind`), label.
    """
    bars = [_bar(opening[0], Decimal(0), opening[1], "total", sign=False)]
    level = opening[1]
    for name, moved in movements:
        bars.append(_bar(name, level, level + moved, "up" if moved >= 0 else "down", sign=True))
        level += moved
    if level != closing[1]:
        raise ValueError(f"movements lead to {level}, not to {closing[1]}")
    bars.append(_bar(closing[0], Decimal(0), closing[1], end_kind, sign=False))
    return pd.DataFrame(bars)


def _bar(name: str, start: Decimal, end: Decimal, kind: str, *, sign: bool) -> dict[str, Any]:
    return {
        "step": name,
        "start": float(start),
        "end": float(end),
        "top": float(max(start, end)),
        "amount": float(end - start),
        "kind": kind,
        "label": headline(end - start, sign=sign),
    }


@cached
def waterfall(
    bars: pd.DataFrame,
    colors: Palette,
    message: str,
    measure: str,
    *,
    up_is_good: bool = True,
    height: int = 320,
) -> Any:
    """Totals solid, a proposed total outlined, rises and falls in two colours and with a sign."""
    up, down = (colors.good, colors.bad) if up_is_good else (colors.bad, colors.good)
    kinds = ["total", "proposed", "up", "down"]
    # on a phone the labels are slanted: without them, bars could not be identified
    widest = min(bars["step"].str.len().max() * LETTER, LONGEST)
    narrow = f"bandwidth('x') < {widest:.0f}"
    names = alt.Axis(
        labelAngle=alt.expr(f"{narrow} ? -40 : 0"),
        labelAlign=alt.expr(f"{narrow} ? 'right' : 'center'"),
        labelOverlap=False,
        domain=False,
        ticks=False,
        labelLimit=LONGEST,
    )
    base = alt.Chart(bars).encode(x=alt.X("step:N", sort=None, title=None, axis=names))
    drawn = base.mark_bar(strokeWidth=1.2).encode(
        y=alt.Y("start:Q", title=None, axis=alt.Axis(format="~s")),
        y2=alt.Y2("end:Q"),
        fill=alt.Fill(
            "kind:N",
            legend=None,
            scale=alt.Scale(domain=kinds, range=[colors.current, colors.proposed_fill, up, down]),
        ),
        stroke=alt.Stroke(
            "kind:N",
            legend=None,
            scale=alt.Scale(domain=kinds, range=[colors.current, colors.proposed, up, down]),
        ),
        tooltip=[
            alt.Tooltip("step:N", title="Step"),
            alt.Tooltip("amount:Q", title="Amount", format="+,.2f"),
        ],
    )
    labels = base.mark_text(dy=-8, fontSize=11, color=colors.ink).encode(
        y=alt.Y("top:Q"), text=alt.Text("label:N")
    )
    return titled(alt.layer(drawn, labels), message, measure, colors, height=height)
