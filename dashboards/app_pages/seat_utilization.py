"""Do seats still match the value that customers get?"""

import streamlit as st

from dashboards import columns, filters, labels, takeaways
from dashboards.charts.seats import (
    idle_by_segment,
    seats_against_work,
    utilization_bands,
    utilization_line,
)
from dashboards.data import seats
from dashboards.data.facts import EVERYONE, closed_months
from dashboards.data.tables import drawn, rows, trend, within
from dashboards.data.thresholds import threshold
from dashboards.formatting import headline, month, number, percent, plural, words
from dashboards.panels import seat_utilization as panels
from dashboards.shell import display, foot, header, tables

page = header.begin("Do seats still match the value that customers get?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors

months = closed_months(snapshot)
with page.filters:
    segment = filters.segment(view)
    currency = filters.currency(view)
    window = filters.switch(
        view,
        "Active in",
        "active",
        list(seats.WINDOWS),
        help="A seat counts as active if its holder acted in the month, or in its last 28 or 7 "
        "days.",
    )
    first_month, last_month = (
        filters.period(
            view, months, help="The charts show these months; figures and tables show the last one."
        )
        if months
        else ("", "")
    )
is_month = window == seats.MONTH
has_range = currency == EVERYONE
days = "" if is_month else window
rates = within(
    seats.utilization_by_month(snapshot, segment, window, currency), first_month, last_month
)
closed = rows(rates)
latest = closed[-1] if closed else None
shown_month = latest["month"] if latest else last_month
idle = seats.idle_money(snapshot, segment, shown_month, currency)
idle_rows = rows(idle)
# the signal judges whole months: its line does not apply to their last days
least = threshold(snapshot, "utilization", segment)
most = threshold(snapshot, "automation_share", segment)
fires_at = least if is_month else None

display.answer(
    view,
    takeaways.billed_in(currency, takeaways.utilization(latest, idle_rows, known.currency, days)),
)
if latest is None or not idle_rows:
    display.nothing(
        view,
        "No closed month of this segment, currency and period has billable seats.",
        "Choose other filters, or add seat events that cover a whole month; plans without a charge "
        "for seats bill none.",
    )
    foot.stop(view)

lines = within(seats.seats_by_month(snapshot, segment, currency), first_month, shown_month)
monthly = rows(lines)[-12:]

with st.grid(4, min_column_width=170, gap="small"):
    display.card(
        view,
        f"Utilization, {month(latest['month'])}"
        if is_month
        else f"Utilization, last {days} of {month(latest['month'])}",
        percent(latest["value"]),
        trend=trend(closed, "value"),
        help=display.help_text(
            snapshot,
            "fct_seat_utilization" if is_month else "fct_seat_activity",
            seats.WINDOWS[window][1],
        ),
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
        display.card(
            view,
            name,
            text,
            trend=trend(monthly, column),
            help=display.help_text(
                snapshot,
                "fct_seat_utilization",
                "idle_amount_reporting" if column == "idle_amount" else column,
            ),
        )

left, right = st.columns(2, gap="medium")
with left:
    when = month(latest["month"]) if is_month else f"the last {days} of {month(latest['month'])}"
    message = (
        "Utilization is not available"
        if latest["value"] is None
        else f"{percent(latest['value'])} of paid seats were used in {when}"
    )
    display.draw(
        view,
        utilization_line(
            drawn(rates),
            colors,
            message,
            float(fires_at) if fires_at is not None else None,
            ("Active ÷ billable seats by month" + ("; band: 80 % range" if has_range else ""))
            if is_month
            else f"Active ÷ billable seats in the last {days} of each month",
        ),
        {row["month"] for row in closed},
    )
with right:
    bands = seats.distribution(snapshot, segment, shown_month, window, currency)
    message = "Accounts by how much of their seats they use"
    if fires_at is not None:
        low = seats.accounts_below(snapshot, segment, shown_month, fires_at, currency)
        verb = "uses" if low == 1 else "use"
        message = f"{plural(low, 'account')} {verb} under {percent(fires_at, 0)} of the seats"
    display.draw(view, utilization_bands(drawn(bands), colors, message))

left, right = st.columns([3, 2], gap="medium")
with left:
    work = within(
        seats.seats_and_work(snapshot, segment, known.value_meter, currency),
        first_month,
        shown_month,
    )
    if work.num_rows and lines.num_rows:
        message = "Seats against the work they are paid for"
        display.draw(
            view,
            seats_against_work(
                drawn(lines), drawn(work), colors, message, words(known.value_meter).lower()
            ),
        )
    else:
        display.nothing(
            view,
            "No usage of the value meter is loaded.",
            "Add a usage export to see whether seats follow the work.",
        )
with right:
    paid = drawn(idle)
    paid = paid[paid["idle_amount"].notna()]
    if len(paid):
        message = f"{paid.iloc[0]['segment']} pays most for idle seats"
        display.draw(view, idle_by_segment(paid, colors, message, known.currency))
    tables.table(
        view,
        seats.utilization_by_segment(snapshot, shown_month, window, currency),
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


left, right = st.columns([3, 2], gap="medium")
state = panels.State(
    colors=colors,
    known=known,
    view=view,
    currency=currency,
    segment=segment,
    window=window,
    is_month=is_month,
    shown_month=shown_month,
    least=least,
    most=most,
    when=when,
)
with left:
    panels.scatter(state)
with right:
    panels.splits(state)

st.markdown("**Accounts**, most idle money first")
accounts = seats.accounts(snapshot, segment, shown_month, currency)
tables.table(
    view,
    accounts,
    {
        **columns.account(),
        "billable_seats": columns.figure("Billable"),
        "active_seats": columns.figure("Active"),
        "utilization": columns.share("Utilization"),
        "utilization_28d": columns.percent("28 days"),
        "utilization_7d": columns.percent("7 days"),
        "idle_seats": columns.figure("Idle"),
        "never_active_seats": columns.figure("Never active"),
        "idle_amount_reporting": columns.money("Idle", known.currency),
        "renewal_date": columns.day("Renews"),
        **columns.owner(accounts),
        "reason": columns.text("Why not"),
    },
    models=("fct_seat_utilization", "fct_seat_activity"),
    alt="Seats and idle money by account",
    file=("seat-utilization", "Download"),
    height=320,
    row_height=None,
)
foot.definitions(
    view,
    "fct_seat_utilization",
    "fct_seat_activity",
    "fct_role_seats",
    "fct_usage_monthly",
    "fct_segment_metrics",
    "fct_slice_metrics",
)
