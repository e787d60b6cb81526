"""The customers behind a figure, in a drawer beside the page; each opens its own bills."""

import streamlit as st

from dashboards import columns, labels
from dashboards.data import memo
from dashboards.data.tables import rows, worded
from dashboards.formatting import plain, plural
from dashboards.shell import breadcrumb, tables
from dashboards.view import Page

COLUMNS = (
    "account_name",
    "moves_in",
    "usual_reporting",
    "first_bill_reporting",
    "first_bill_difference",
    "first_bill_change",
    "is_first_bill_shock",
    "yearly_gain",
)


@st.dialog("Customers", width="large", position="right", icon=":material/groups:")  # type: ignore[untyped-decorator]
def opened(page: Page, segment: str, scenario_id: str, scenario_name: str, came_from: str) -> None:
    """The customers of a segment under a proposal; choosing one opens its two bills.

    came_from: the page's name, with which the breadcrumb begins.
    """
    table = memo.customers(page.snapshot, segment, scenario_id)
    st.caption(
        f"{plain(came_from)} › {plain(labels.segment(segment))} › {plain(scenario_name)} › "
        f"{plural(table.num_rows, 'customer')}"
    )
    if not table.num_rows:
        st.info("The proposal could move none of these customers.", icon=":material/inbox:")
        return
    st.markdown("Choose a row to see both bills of that customer side by side.")
    money = page.known.currency
    shown = {
        "account_name": columns.name("Customer"),
        "moves_in": columns.month("Moves"),
        "usual_reporting": columns.money(f"Usual bill ({money})"),
        "first_bill_reporting": columns.money("First bill"),
        "first_bill_difference": columns.money("Difference", sign=True),
        "first_bill_change": columns.change_ratio("Change"),
        "is_first_bill_shock": columns.yes("Shock"),
        "yearly_gain": columns.money("Gain a year", sign=True),
    }
    chosen = tables.grid(
        page.view,
        worded(table.select(COLUMNS), {}),
        column_config=shown,
        hide_index=True,
        height=520,
        on_select="rerun",
        selection_mode="single-row",
        key=f"customers_{segment}_{scenario_id}",
        alt="Customers with their first bill under the proposal, the largest rise first",
    )
    picked = chosen.selection.rows if chosen else []
    if picked:
        account_id = str(rows(table.slice(picked[0], 1))[0]["account_id"])
        breadcrumb.to_account(
            account_id,
            scenario_id,
            "memo",
            f"{came_from} › {labels.segment(segment)} › {scenario_name}",
            {"verdict": labels.segment(segment), "scenario": scenario_id},
        )
