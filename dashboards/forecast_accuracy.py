"""How far past projections lay from what was billed, beside every projected figure."""

import streamlit as st

from dashboards import takeaways
from dashboards.data import decision
from dashboards.data.tables import rows
from dashboards.formatting import plain
from dashboards.shell import display, downloads
from dashboards.view import View


def note(view: View, segment: str, scenario_id: str | None, months: int = 12) -> str | None:
    """The accuracy at the longest horizon that is no longer than so many months, as a sentence."""
    listed = [
        row
        for row in rows(decision.accuracy(view.snapshot, segment, scenario_id))
        if row["horizon_months"] <= max(months, 1)
    ]
    if not listed:
        return None
    compared = [row for row in listed if row["origins"]]
    text = takeaways.accuracy((compared or listed)[-1])
    st.caption(
        plain(text), help=display.help_text(view.snapshot, "fct_forecast_accuracy", "median_error")
    )
    return text


def file(view: View, segment: str, scenario_id: str | None) -> None:
    """Every horizon, as a file."""
    table = decision.accuracy(view.snapshot, segment, scenario_id)
    if table.num_rows:
        downloads.download(view, table, "forecast-accuracy", "Download forecast accuracy")
