"""The sources of a bill line: the events it counts and the prices it uses."""

import streamlit as st

from dashboards import columns
from dashboards.data import line_sources
from dashboards.data.tables import Row
from dashboards.formatting import money, plain
from dashboards.shell import tables
from dashboards.view import View

LINKS = {
    "change": "this line's event",
    "counted": "counted in it",
    "opening": "part of its opening balance",
}

SEATS = {
    "link": columns.text("This event"),
    "event_type": columns.text("Event"),
    "role": columns.text("Role"),
    "quantity_change": columns.change("Change"),
    "effective_at": columns.moment("Took effect (UTC)"),
    "recorded_at": columns.moment("Became known (UTC)"),
    "user_id": columns.text("Holder"),
    "event_id": columns.text("Event id"),
    "corrects_event_id": columns.text("Corrects"),
    "source_file": columns.text("File"),
    "source_row": columns.count("Row"),
}
USAGE = {
    "occurred_at": columns.moment("Happened (UTC)"),
    "quantity": columns.exact("Quantity"),
    "user_id": columns.text("User"),
    "actor_type": columns.text("Done by"),
    "dimension": columns.text("Dimension"),
    "outcome_status": columns.text("Outcome"),
    "reopened_at": columns.moment("Reopened (UTC)"),
    "event_id": columns.text("Event id"),
    "source_file": columns.text("File"),
    "source_row": columns.count("Row"),
}


def show(view: View, account_id: str, scenario_id: str, month: str) -> None:
    """Choose a line of the month; events are read only then, because usage is large."""
    known = line_sources.lines(view.snapshot, account_id, scenario_id, month)
    chosen = st.selectbox(
        "Line",
        known,
        index=None,
        format_func=_named,
        placeholder="Choose a line of either bill",
        key=f"behind {account_id} {scenario_id} {month}",
    )
    if chosen is None:
        return
    _events(view, account_id, month, chosen)
    if chosen["charge_id"] is None or chosen["price_version"] is None:
        st.caption("No single row of the price book explains this line.")
        return
    tables.table(
        view,
        line_sources.prices(
            view.snapshot, account_id, chosen["charge_id"], chosen["price_version"]
        ),
        {
            "file": columns.text("Price book"),
            "line": columns.text("Row"),
            "cell": columns.text("Cell"),
            "content": columns.text("Says"),
        },
        alt="Rows of the price book that priced the line",
    )


def _named(line: Row) -> str:
    model = "Current" if line["scenario_id"] == "current" else "Proposed"
    amount = money(line["amount"], line["currency"])
    return f"{model} · {line['line_number']} · {line['charge_name']} · {amount}"


def _events(view: View, account_id: str, month: str, line: Row) -> None:
    try:
        found, sentences = line_sources.events(
            view.snapshot, account_id, month, line["scenario_id"], line["line_number"]
        )
    except line_sources.CannotTrace as reason:
        st.caption(plain(str(reason)))
        return
    for sentence in sentences:
        st.caption(plain(sentence))
    if not found.num_rows:
        return
    is_seats = "link" in found.column_names
    tables.table(
        view,
        found,
        SEATS if is_seats else USAGE,
        words={"link": lambda link: LINKS.get(link, link)} if is_seats else None,
        models=("fct_seat_ledger",),
        alt="Events behind the line",
        file=(f"events-{account_id}-{month}-{line['line_number']}", "Download"),
    )
