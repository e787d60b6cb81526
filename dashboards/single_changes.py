"""The effect of each single change of the scenario lab, on request."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards import columns, takeaways
from dashboards.charts.lab import single_effects
from dashboards.charts.theme import Palette
from dashboards.data import lab
from dashboards.data.tables import Row, Table, drawn, rows
from dashboards.data.whatif import CannotTry, WhatIf, cell_of, try_prices
from dashboards.formatting import number, plain, plural
from dashboards.shell import display, tables
from dashboards.view import View

# one change has already been tried, and each of many takes as long as all together
FEWEST, MOST = 2, 8
CACHED = "lab_single_effects"
WHY_NOT = "no account of this segment can be compared with it"


@dataclass(frozen=True)
class Asked:
    """What was tried, for which segment, and the result of all changes together."""

    view: View
    scenario_id: str
    segment: str
    changes: tuple[str, ...]
    currency_variants: bool
    published: Row | None
    together: Row | None
    currency: str
    months: int

    @property
    def key(self) -> Any:
        return (
            self.view.snapshot.sha256,
            self.scenario_id,
            self.segment,
            self.changes,
            self.currency_variants,
        )


# pressing the button runs only this part: the answer above it stays
@st.fragment  # type: ignore[untyped-decorator]
def panel(asked: Asked, colors: Palette) -> None:
    """A button, then the effect of each change as bars and as a table."""
    if len(asked.changes) < FEWEST or asked.published is None or asked.together is None:
        return
    if len(asked.changes) > MOST:
        st.caption(
            f"Single effects are calculated for up to {number(MOST)} changes; "
            f"there are {number(len(asked.changes))}."
        )
        return
    key, table = st.session_state.get(CACHED, (None, None))
    if key != asked.key:
        place = st.empty()
        if not place.button(
            "Each change on its own",
            icon=":material/splitscreen:",
            help=f"Tries {plural(len(asked.changes), 'change')} one after the other, each as its "
            "own what-if.",
        ):
            return
        place.empty()
        table = worked_out(asked)
        st.session_state[CACHED] = (asked.key, table)
    _show(asked, table, colors)


def worked_out(asked: Asked) -> Table:
    """A row for each change, one for all together, and one for their interaction."""
    before, found = (asked.published or {})["proposed_reporting"], []
    progress = st.progress(0.0)
    for place, change in enumerate(asked.changes):
        progress.progress(
            place / len(asked.changes),
            f"Calculating {number(place + 1)} of {number(len(asked.changes))}: {plain(change)}",
        )
        found.append(_single(asked, change, before))
    progress.empty()
    after = (asked.together or {})["proposed_reporting"]
    found.append(_row("all", "All together", before, after, None))
    effects = [row["effect"] for row in found]
    rest = None if None in effects else effects[-1] - sum(effects[:-1], Decimal(0))
    found.append(
        {
            **_row("rest", "Only together", None, None, None),
            "effect": rest,
            "reason": "one change has no effect of its own" if rest is None else None,
        }
    )
    return lab.single_effects_table(found)


def _single(asked: Asked, change: str, before: Decimal | None) -> Row:
    try:
        outcome = try_prices(
            asked.view.snapshot,
            [change],
            asked.scenario_id,
            currency_variants=asked.currency_variants,
        )
    except CannotTry as problem:
        return _row("change", change, before, None, str(problem))
    measured = next(
        (
            row
            for row in outcome.measures
            if row["scenario_id"] == asked.scenario_id
            and row["segment"] == asked.segment
            and row["window"] == lab.WINDOW
        ),
        None,
    )
    after = measured["proposed_reporting"] if measured else None
    return _row("change", _described(outcome, change), before, after, None if measured else WHY_NOT)


def _described(outcome: WhatIf, change: str) -> str:
    """The cell with its value before and after; the change itself if it does not set one cell."""
    target = cell_of(change)
    for made in outcome.changes:
        if f"{made.table}.{made.key}.{made.column}" == target:
            return f"{made.key} {made.column}: {made.before or 'empty'} → {made.after or 'empty'}"
    return change


def _row(
    part: str, change: str, before: Decimal | None, after: Decimal | None, reason: str | None
) -> Row:
    effect = after - before if before is not None and after is not None else None
    return {
        "part": part,
        "change": change,
        "revenue_before": before,
        "revenue_after": after,
        "effect": effect,
        "reason": reason,
    }


def _show(asked: Asked, table: Table, colors: Palette) -> None:
    listed = rows(table)
    known = [row for row in listed if row["part"] == "change" and row["effect"] is not None]
    if known:
        together = next((row for row in listed if row["part"] == "all"), None)
        message = takeaways.single_effect(known[0], together, asked.currency)
        display.draw(
            asked.view,
            single_effects(
                drawn(table).dropna(subset=["effect"]),
                colors,
                message,
                asked.currency,
                asked.months,
            ),
        )
    tables.table(
        asked.view,
        table,
        {
            "part": None,
            "change": columns.name(f"Change ({asked.currency})"),
            "revenue_before": columns.money("Published"),
            "revenue_after": columns.money("Tried"),
            "effect": columns.money(
                "Effect",
                sign=True,
                help="Effect on bills; assumptions about churn do not change bills.",
            ),
            "reason": columns.text("Why not", "medium"),
        },
        alt="Effect of each single change on the segment's revenue, and of all together",
        file=("lab-changes-alone", "Download effects"),
    )
