"""The signals of the migration trigger: states, history, and distance to each line."""

from dashboards.data.decision import TRIGGER_FIRST
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot


def signals(snapshot: Snapshot, segment: str) -> Table:
    """One row per signal of the latest closed month, the trigger's own first."""
    return snapshot.read(
        "triggers/signals",
        in_order=list(TRIGGER_FIRST),
        segment=segment,
    )


def parts(snapshot: Snapshot, segment: str) -> Table:
    """One row per metric of a signal, for the latest closed month, in the signals' order."""
    return snapshot.read(
        "triggers/parts",
        in_order=list(TRIGGER_FIRST),
        segment=segment,
    )


def part_months(snapshot: Snapshot, segment: str, months: int) -> Table:
    """One row per metric and recent closed month: the figure with its range."""
    return snapshot.read(
        "triggers/part_months",
        months=months,
        segment=segment,
    )


def states(snapshot: Snapshot, segment: str, months: int) -> Table:
    """One row per signal and recent closed month.

    On, over its line and waiting, off, or not available.
    """
    return snapshot.read(
        "triggers/states",
        months=months,
        in_order=list(TRIGGER_FIRST),
        segment=segment,
    )


def changes(snapshot: Snapshot, segment: str) -> Table:
    """One row per change of a signal's state, latest first; the first month is not a change."""
    return snapshot.read(
        "triggers/changes",
        in_order=list(TRIGGER_FIRST),
        segment=segment,
    )


def value_fit(snapshot: Snapshot, segment: str, window_months: int, months: int) -> Table:
    """One row per recent closed month: change of seats per change of work within accounts."""
    return snapshot.read(
        "triggers/value_fit",
        segment=segment,
        window_months=window_months,
        months=months,
    )


def value_fit_by_segment(snapshot: Snapshot, window_months: int) -> Table:
    """One row per segment of the latest closed month, where seats follow the work least first."""
    return snapshot.read("triggers/value_fit_by_segment", window_months=window_months)


def by_segment(snapshot: Snapshot) -> Table:
    """One row per segment of the latest closed month: the signals that are on, and the trigger."""
    return snapshot.read(
        "triggers/by_segment",
        in_order=list(TRIGGER_FIRST),
    )


def trigger(snapshot: Snapshot, segment: str) -> Row | None:
    """The latest verdict's `is_trigger`: null if a missing signal could decide it."""
    return first(
        snapshot.read(
            "triggers/trigger",
            segment=segment,
        )
    )
