"""Seat utilization: the segment's rate, and the seats paid for but idle."""

from decimal import Decimal

from dashboards.data.facts import EVERYONE, compared, segments, sliced
from dashboards.data.tables import Table, first
from dashboards.data.warehouse import Snapshot

# the days before a month's end in which an action counts, with the metric and the account's column
# for each; the macro utilization_over uses the same names
WINDOWS = {
    "Month": ("utilization", "utilization"),
    "28 days": ("utilization_28d", "utilization_28d"),
    "7 days": ("utilization_7d", "utilization_7d"),
}
MONTH = "Month"
# the most points that a chart shows legibly
MOST_POINTS = 5000


def utilization_by_month(
    snapshot: Snapshot, segment: str, window: str = MONTH, currency: str = EVERYONE
) -> Table:
    """One row per closed month: the segment's utilization.

    For the whole month it has an interval, unless one currency is chosen.
    """
    if window == MONTH and currency == EVERYONE:
        return snapshot.read(
            "seats/utilization_by_month",
            segment=segment,
        )
    return snapshot.read(
        "seats/utilization_by_month_of_slice",
        metric=WINDOWS[window][0],
        **sliced(segment, currency),
    )


def utilization_by_segment(
    snapshot: Snapshot, month: str, window: str = MONTH, currency: str = EVERYONE
) -> Table:
    """One row per segment: utilization of a closed month, all accounts last."""
    if window == MONTH and currency == EVERYONE:
        return snapshot.read(
            "seats/utilization_by_segment",
            month=month,
        )
    return snapshot.read(
        "seats/utilization_by_segment_of_slices",
        metric=WINDOWS[window][0],
        month=month,
        **compared({name: sliced(name, currency) for name in segments(snapshot)}),
    )


def utilization_by_plan(
    snapshot: Snapshot, segment: str, month: str, window: str, currency: str = EVERYONE
) -> Table:
    """One row per plan, the least used first.

    For a whole month, sums over the segment's accounts; for its last days, the metric for all
    accounts, because seconds per account are not published: no rows if a segment or currency is
    chosen.
    """
    if window == MONTH:
        return snapshot.read(
            "seats/utilization_by_plan",
            currency=currency,
            month=month,
            segment=segment,
        )
    return snapshot.read(
        "seats/utilization_by_plan_of_window",
        currency=currency,
        metric=WINDOWS[window][0],
        month=month,
        segment=segment,
    )


def utilization_by_role(
    snapshot: Snapshot, segment: str, month: str, currency: str = EVERYONE
) -> Table:
    """One row per role, most seats first: seats with named holders, and how many were used."""
    return snapshot.read(
        "seats/utilization_by_role",
        currency=currency,
        month=month,
        segment=segment,
    )


def against_automation(
    snapshot: Snapshot,
    segment: str,
    month: str,
    meter: str,
    window: str,
    currency: str = EVERYONE,
) -> Table:
    """One row per account: utilization, and the share of known work done by automation.

    At most five thousand, those with the most MRR; `accounts` is the number of all.
    """
    return snapshot.read(
        "seats/against_automation",
        currency=currency,
        meter=meter,
        month=month,
        segment=segment,
        most=MOST_POINTS,
        used_over=window,
    )


def idle_money(snapshot: Snapshot, segment: str, month: str, currency: str = EVERYONE) -> Table:
    """One row per segment: seats and money of a closed month, most idle money first."""
    return snapshot.read(
        "seats/idle_money",
        currency=currency,
        month=month,
        segment=segment,
    )


def distribution(
    snapshot: Snapshot,
    segment: str,
    month: str,
    window: str = MONTH,
    currency: str = EVERYONE,
) -> Table:
    """One row per tenth of utilization: accounts, and their idle money of the closed month."""
    return snapshot.read(
        "seats/distribution",
        currency=currency,
        month=month,
        segment=segment,
        used_over=window,
    )


def accounts_below(
    snapshot: Snapshot, segment: str, month: str, line: Decimal, currency: str = EVERYONE
) -> int:
    """Accounts whose utilization of a closed month is below the line."""
    found = first(
        snapshot.read(
            "seats/accounts_below",
            currency=currency,
            segment=segment,
            line=line,
            month=month,
        )
    )
    return int(found["accounts"]) if found else 0


def seats_and_work(snapshot: Snapshot, segment: str, meter: str, currency: str = EVERYONE) -> Table:
    """One row per month and actor: work of the value meter, with the billable seats."""
    return snapshot.read(
        "seats/seats_and_work",
        currency=currency,
        segment=segment,
        meter=meter,
    )


def seats_by_month(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per closed month: time-weighted seats, and the money paid for idle ones."""
    return snapshot.read(
        "seats/seats_by_month",
        currency=currency,
        segment=segment,
    )


def accounts(snapshot: Snapshot, segment: str, month: str, currency: str = EVERYONE) -> Table:
    """One row per account: seats of a closed month, most idle money first."""
    return snapshot.read(
        "seats/accounts",
        currency=currency,
        month=month,
        segment=segment,
    )
