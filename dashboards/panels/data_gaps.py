"""The panel that makes HOLD – DATA a work list: what would fix the data, by the MRR it unlocks."""

from functools import partial

import streamlit as st

from dashboards import columns, labels
from dashboards.data import decision
from dashboards.data.tables import drawn, rows
from dashboards.formatting import plain
from dashboards.shell import downloads, tables
from dashboards.view import Page

LABELS = {
    "price": "Prices agreed",
    "discount": "Discounts",
    "seat_basis": "Seats that count",
    "proration": "Proration",
    "line_type": "Line types",
    "missing_plan": "Missing plan",
    "missing_rate": "Missing exchange rate",
    "missing_seats": "Missing seats",
    "missing_invoices": "Missing invoices",
    "missing_usage": "Missing usage",
    "unexplained": "No single cause",
}


def gaps_panel(page: Page, segment: str) -> None:
    """The list of a segment, ranked, with the rows for each reference file; nothing if empty."""
    table = decision.gaps(page.snapshot, segment)
    if not table.num_rows:
        return
    st.markdown(
        f"**What would turn the data into a verdict** for {plain(labels.segment(segment))}, by MRR"
    )
    frame = drawn(table).assign(
        cause=[LABELS.get(str(row["cause"]), str(row["cause"])) for row in rows(table)]
    )
    tables.grid(
        page.view,
        frame[
            [
                "cause",
                "segment",
                "plan_id",
                "accounts",
                "mrr_unlocked",
                "is_previewed",
                "fix",
                "file_name",
                "row_text",
            ]
        ],
        hide_index=True,
        placeholder="–",
        column_config={
            "cause": columns.name("Cause"),
            "segment": columns.text("Segment"),
            "plan_id": columns.text("Plan"),
            "accounts": columns.count("Accounts"),
            "mrr_unlocked": columns.money("MRR unlocked", page.known.currency, digits=0),
            "is_previewed": columns.yes("Tried"),
            "fix": columns.text("What to do", width="large"),
            "file_name": columns.text("File"),
            "row_text": columns.text("Rows to write", width="large"),
        },
        alt="Causes that keep accounts from being re-rated, by the MRR that a fix unlocks",
    )
    downloads.download(page.view, table, "data-gaps", "Download work list")
    for row in rows(decision.gap_files(page.snapshot, segment)):
        name = str(row["file_name"]).rpartition("/")[2].removesuffix(".csv")
        downloads.csv_file(
            page.view,
            partial(str.encode, str(row["content"])),
            f"rows-{name.replace('_', '-')}",
            f"Rows for {name}.csv",
        )
