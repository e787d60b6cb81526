"""Try a floor, a cap or grandfathering on a proposal: the input fields and their effect."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboards import columns, filters
from dashboards.data import lab
from dashboards.data.bounds import RISE, BadBound, Bound, Plan
from dashboards.data.bounds import bounds as bounds_of
from dashboards.data.bounds import changes as changes_of
from dashboards.data.bounds import plans as plans_of
from dashboards.data.tables import Row
from dashboards.data.warehouse import Tried
from dashboards.data.whatif import CannotTry, try_bills
from dashboards.formatting import plain
from dashboards.shell import tables
from dashboards.view import View


@dataclass(frozen=True)
class Tryout:
    """A proposal with the reader's bounds: its measures by segment and the source of its bills.

    `holds_rises`: one of the bounds limits how much a bill may rise.
    """

    measures: Sequence[Row]
    source: Tried
    holds_rises: bool


def panel(view: View, scenario_id: str) -> Tryout | None:
    """The input fields; None if the proposal is shown as published."""
    if not lab.has_book(view.snapshot):
        st.caption(
            "Floor, cap and grandfathering cannot be tried: this generation was published without "
            "the rating models that a what-if runs. Run `seatshift refresh` once."
        )
        return None
    plans = plans_of(view.snapshot, scenario_id)
    if not plans:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        plan = _plan(view, plans)
        asked = {
            bound: filters.text(
                view,
                bound.label,
                bound.key,
                placeholder=f"{bound.published or 'none'} as published",
                help=bound.help,
                width=160,
            )
            for bound in bounds_of(view.snapshot, scenario_id, plan)
        }
        if any(asked.values()):
            st.button(
                "Back to published",
                icon=":material/undo:",
                key="bounds_back",
                on_click=_clear,
                args=(list(asked),),
            )
    return _tried(view, scenario_id, plan, asked)


def _plan(view: View, plans: dict[str, Plan]) -> Plan:
    if len(plans) == 1:
        return next(iter(plans.values()))
    names = {plan_id: f"{plan.name} ({plan.currency})" for plan_id, plan in plans.items()}
    picked = filters.by_id(
        view, "Floor and cap for", "plan", names, default=next(iter(names)), width=220
    )
    return plans[str(picked)]


def _clear(asked: list[Bound]) -> None:
    for bound in asked:
        st.session_state[bound.key] = ""


def _tried(view: View, scenario_id: str, plan: Plan, asked: dict[Bound, str]) -> Tryout | None:
    try:
        changes = changes_of(asked)
        if not changes:
            return None
        with st.skeleton(height=60):
            outcome, source = try_bills(view.snapshot, changes, scenario_id)
    except (BadBound, CannotTry) as problem:
        st.error(
            f"{plain(str(problem))} The figures are the published ones.", icon=":material/error:"
        )
        return None
    bounds = ", ".join(bound.words(text) for bound, text in asked.items() if text)
    others = f" ({' and '.join(plan.others)} in proportion)" if plan.others else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.info(
            f"**What-if**, not published: {plain(plan.name + others)} with {plain(bounds)}. "
            "The rating models recalculated every bill below; ranges, limits and causes exist "
            "only for published proposals.",
            icon=":material/science:",
        )
        with st.popover("Changed cells", type="tertiary", icon=":material/edit_note:"):
            tables.table(
                view,
                lab.change_table(outcome.changes),
                {
                    "cell": columns.name("Price book"),
                    "before": columns.text("Published"),
                    "after": columns.text("Tried"),
                },
                alt="Cells of the price book that differ from the published one",
                placeholder="empty",
                file=("shadow-changes", "Download"),
            )
    holds_rises = any(bound.key == RISE and text for bound, text in asked.items())
    return Tryout(outcome.measures, source, holds_rises)
