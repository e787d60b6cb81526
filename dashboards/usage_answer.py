"""How usage responds to higher unit prices: the reader chooses one of the published levels."""

import streamlit as st

from dashboards import columns, filters, takeaways
from dashboards.data import lab
from dashboards.data.tables import Row, rows
from dashboards.formatting import percent, plain
from dashboards.shell import display, tables
from dashboards.view import View

# values in a link: the middle case, the file's two other cases, then the published levels
PLANNED = "assumed"
CASES = {
    PLANNED: "As assumed",
    "low": "Low case",
    "high": "High case",
    "as_before": "Usage unchanged",
}


def panel(view: View, proposal: str, scenario_id: str, segment: str, currency: str) -> None:
    """The choice, its effect on the next twelve months, and a table of all choices."""
    table = lab.usage_answers(view.snapshot, scenario_id, segment)
    listed = {str(row["usage_level"]): row for row in rows(table)}
    if not listed:
        return
    names = {level: _named(level, row) for level, row in listed.items()}
    chosen = filters.by_id(
        view,
        "Usage response",
        "answer",
        names,
        default=PLANNED,
        help="How much usage changes if its unit price rises by a band of usage_response.csv. A "
        "refresh rates the next twelve months at each of these levels.",
        width=180,
    )
    st.caption(
        plain(takeaways.usage_answer(proposal, listed[str(chosen)], names[str(chosen)], currency)),
        help=display.help_text(view.snapshot, "fct_usage_levels", "effect"),
    )
    tables.table(
        view,
        table,
        {
            "usage_level": columns.name("Usage response"),
            "usage_change_ratio": None,
            "answering_accounts": columns.count("Accounts"),
            "planned_revenue": None,
            "revenue": columns.money(f"12 months ({currency})"),
            "effect": columns.money("Against the plan", sign=True),
            "effect_ratio": columns.change_ratio("of it"),
            "reason": None,
        },
        words={"usage_level": lambda level: names.get(level, level)},
        models=("fct_usage_levels",),
        alt="Revenue of the next twelve months by usage response",
        file=("lab-usage-answers", "Download answers"),
    )


def _named(level: str, row: Row) -> str:
    return CASES.get(level) or f"Usage {percent(row['usage_change_ratio'], 0, sign=True)}"
