"""Do seats still match the value that customers get?"""

import streamlit as st

from dashboards import columns, filters, frame, labels, takeaways
from dashboards.charts.seats import (
    idle_by_segment,
    seats_against_work,
    utilization_bands,
    utilization_line,
)
from dashboards.data import seats
from dashboards.data.tables import Row, drawn, rows
from dashboards.data.thresholds import threshold
from dashboards.formatting import headline, month, number, percent, plural, words

page = frame.begin("Do seats still match the value that customers get?")
snapshot, known, colors = page.snapshot, page.known, page.colors

with page.filters:
    segment = filters.segment(snapshot)
rates = seats.utilization_by_month(snapshot, segment)
closed = rows(rates)
latest = closed[-1] if closed else None
idle = seats.idle_money(snapshot, segment)
idle_rows = rows(idle)
fires_at = threshold(snapshot, "utilization", segment)

frame.answer(
    takeaways.utilization(latest, idle_rows, known.currency),
)
if latest is None or not idle_rows:
    frame.nothing(
        "No closed month of this segment has billable seats.",
        "Choose another segment, or add seat events that reach past a month's end.",
    )
    frame.stop()

lines = seats.seats_by_month(snapshot, segment)
monthly = rows(lines)[-12:]


def trend(column: str, values: list[Row]) -> list[float] | None:
    """The last twelve values for a sparkline; None where fewer than two are known."""
    found = [float(row[column]) for row in values if row[column] is not None]
    return found if len(found) > 1 else None


with st.grid(4, min_column_width=170, gap="small"):
    frame.card(
        f"Utilization, {month(latest['month'])}",
        percent(latest["value"]),
        trend=trend("value", closed[-12:]),
        help=frame.help_text(snapshot, "fct_seat_utilization", "utilization"),
    )
    for name, column, text in (
        ("Billable seats", "billable_seats", number(monthly[-1]["billable_seats"])),
        ("Never active seats", "never_active_seats", number(monthly[-1]["never_active_seats"])),
        (
            "Paid for idle seats",
            "idle_amount",
            headline(monthly[-1]["idle_amount"], known.currency),
        ),
    ):
        frame.card(
            name,
            text,
            trend=trend(column, monthly),
            help=frame.help_text(
                snapshot,
                "fct_seat_utilization",
                "idle_amount_reporting" if column == "idle_amount" else column,
            ),
        )

left, right = st.columns(2, gap="medium")
with left:
    message = (
        "Utilization is not available"
        if latest["value"] is None
        else f"{percent(latest['value'])} of paid seats were used in {month(latest['month'])}"
    )
    frame.draw(
        utilization_line(
            drawn(rates), colors, message, float(fires_at) if fires_at is not None else None
        ),
        {row["month"] for row in closed},
    )
with right:
    bands = seats.distribution(snapshot, segment)
    message = "Accounts by how much of their seats they use"
    if fires_at is not None:
        low = seats.accounts_below(snapshot, segment, fires_at)
        verb = "uses" if low == 1 else "use"
        message = f"{plural(low, 'account')} {verb} under {percent(fires_at, 0)} of the seats"
    frame.draw(utilization_bands(drawn(bands), colors, message))

left, right = st.columns([3, 2], gap="medium")
with left:
    work = seats.seats_and_work(snapshot, segment, known.value_meter)
    if work.num_rows and lines.num_rows:
        message = "Seats against the work they are paid for"
        frame.draw(
            seats_against_work(
                drawn(lines), drawn(work), colors, message, words(known.value_meter).lower()
            )
        )
    else:
        frame.nothing(
            "No usage of the value meter is loaded.",
            "Add a usage export to see whether seats follow the work.",
        )
with right:
    paid = drawn(idle)
    paid = paid[paid["idle_amount"].notna()]
    if len(paid):
        message = f"{paid.iloc[0]['segment']} pays most for idle seats"
        frame.draw(idle_by_segment(paid, colors, message, known.currency))
    frame.table(
        snapshot,
        seats.utilization_by_segment(snapshot),
        {
            "segment": columns.text("Segment"),
            "value": columns.percent("Utilization"),
            "low": columns.percent("80 % from"),
            "high": columns.percent("to"),
            "accounts": columns.count("Accounts"),
            "reason": columns.text("Why not"),
        },
        words={"segment": labels.segment},
        alt="Utilization by segment with its 80 % range",
        row_height=None,
    )

st.markdown("**Accounts**, most idle money first")
accounts = seats.accounts(snapshot, segment)
frame.table(
    snapshot,
    accounts,
    {
        **columns.account(),
        "billable_seats": columns.figure("Billable"),
        "active_seats": columns.figure("Active"),
        "utilization": st.column_config.ProgressColumn(
            "Utilization", format="percent", min_value=0, max_value=1
        ),
        "idle_seats": columns.figure("Idle"),
        "never_active_seats": columns.figure("Never active"),
        "idle_amount_reporting": columns.money("Idle", known.currency),
        "renewal_date": columns.day("Renews"),
        "reason": columns.text("Why not"),
    },
    models=("fct_seat_utilization",),
    alt="Seats and idle money by account",
    file=("seat-utilization", "Download"),
    height=320,
    row_height=None,
)
frame.definitions(snapshot, "fct_seat_utilization", "fct_usage_monthly", "fct_segment_metrics")
