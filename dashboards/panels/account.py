"""The panels of the page Account: each draws one part of the page from its state."""

from dataclasses import dataclass
from typing import Any

from dashboards.charts.account import seats_timeline, usage_timeline
from dashboards.charts.shadow import totals
from dashboards.data import accounts
from dashboards.data.tables import drawn, rows
from dashboards.formatting import headline, plain, words
from dashboards.formatting import month as month_name
from dashboards.shell import display, downloads
from dashboards.view import Page


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    currency: Any | None
    history: Any


def both_models(page: State, _: str) -> None:
    """The closed months under both models."""
    if not page.history.num_rows:
        display.nothing(
            page.view, "No closed month has a bill under both.", "Choose another proposal."
        )
        return
    message = "Closed months under both models"
    display.draw(
        page.view,
        totals(drawn(page.history), page.colors, message, str(page.currency or ""), height=300),
        {row["month"] for row in rows(page.history)},
    )
    downloads.download(page.view, page.history, "account-months", "Download months")


def seats_by_month(page: State, account_id: str) -> None:
    """Seats billed and used, month by month."""
    seats = accounts.seats(page.snapshot, account_id)
    if not seats.num_rows:
        display.nothing(
            page.view, "No seats are known for this account.", "They come from seat events."
        )
        return
    last = rows(seats)[-1]
    message = f"{headline(last['billable_seats'])} billable seats in {month_name(last['month'])}"
    display.draw(
        page.view,
        seats_timeline(drawn(seats), page.colors, message),
        {row["month"] for row in rows(seats)},
    )
    downloads.download(page.view, seats, "account-seats", "Download seats")


def work_done(page: State, account_id: str) -> None:
    """The account's usage of the value meter, month by month."""
    usage = accounts.usage(page.snapshot, account_id, page.known.value_meter)
    meter = words(page.known.value_meter)
    if not usage.num_rows:
        display.nothing(
            page.view,
            f"No {plain(meter.lower())} are known for this account.",
            "They come from usage events.",
        )
        return
    listed = rows(usage)
    last = listed[-1]
    message = (
        f"{headline(last['quantity_of_month'])} {meter.lower()} in {month_name(last['month'])}"
    )
    display.draw(
        page.view,
        usage_timeline(drawn(usage), page.colors, message, meter),
        {row["month"] for row in listed},
        lists_notes=False,
    )
    downloads.download(page.view, usage, "account-usage", "Download usage")
