"""The decision page's tables: verdicts, signals, proposals, renewals."""

from dashboards.data.facts import STRONGEST_FIRST
from dashboards.data.tables import Table
from dashboards.data.warehouse import Snapshot

# months to look ahead, and the levels whose intervals are published: limits take the first
HORIZONS = (3, 6, 12, 24)
LEVELS = (80, 90, 95)
# months of the window in which most can move: a quarter's work of those who renew contracts
WINDOW = 3
# the three parts of the migration trigger, then the signals beside it
TRIGGER_FIRST = (
    "automation_rising",
    "seat_growth_weak",
    "seats_idle",
    "expansion_weak",
    "seats_off_value",
    "margin_exposed",
    "price_pressure",
    "bills_disputed",
)


def verdicts(snapshot: Snapshot, scenario_id: str | None = None, level: int = 80) -> Table:
    """One row per segment: the latest verdict, the strongest first, `all` last.

    Beside it stand the figures of the proposal that the verdict names, or of the one asked for,
    with the interval of a confidence level and how many of twenty equally likely outcomes gain;
    `is_named` says whether they are the same.
    """
    return snapshot.read(
        "decision/verdicts",
        scenario_id=scenario_id,
        level=level,
        in_order=list(STRONGEST_FIRST),
    )


def history(snapshot: Snapshot, segment: str) -> Table:
    """One row per month of the last two years: the verdict as published, and as known now."""
    return snapshot.read(
        "decision/history",
        segment=segment,
    )


def signals(snapshot: Snapshot, segment: str) -> Table:
    """One row per signal of the latest month, with the last 12 values of its metric as `trend`."""
    return snapshot.read(
        "decision/signals",
        in_order=list(TRIGGER_FIRST),
        segment=segment,
    )


def proposals(snapshot: Snapshot, segment: str, level: int = 80) -> Table:
    """One row per proposal: its effect on the segment, an interval, and the limits it breaks."""
    return snapshot.read(
        "decision/proposals",
        segment=segment,
        level=level,
    )


def standing_still(snapshot: Snapshot, segment: str) -> Table:
    """One row per horizon, the shorter first: today's model ahead against the last 12 months."""
    return snapshot.read(
        "decision/standing_still",
        segment=segment,
    )


def gaps(snapshot: Snapshot, segment: str) -> Table:
    """One row per cause, segment and plan, ranked: what would fix the data of the segment."""
    return snapshot.read("decision/gaps", segment=segment)


def gap_files(snapshot: Snapshot, segment: str) -> Table:
    """One row per reference file: its header and the rows to write, as CSV."""
    return snapshot.read("decision/gap_files", segment=segment)


def windows(snapshot: Snapshot, segment: str, scenario_id: str | None) -> Table:
    """One row per window: what the proposal does in it, and whether the limits hold there."""
    return snapshot.read(
        "decision/windows",
        segment=segment,
        scenario_id=scenario_id or "",
    )


def renewals(
    snapshot: Snapshot, segment: str, scenario_id: str | None = None, horizon: int = 12
) -> Table:
    """One row per coming month up to a horizon and status: accounts and their MRR.

    Of a proposal these are the moves by renewal of its rollout: `free`, or `locked` by a contract
    until that month; without one the contracts that renew. Each row has the MRR that is free in
    its whole month, and whether the month lies in the best window: the WINDOW consecutive months
    with the most of it, the earliest where several have as much.
    """
    return snapshot.read(
        "decision/renewals",
        horizon=horizon,
        scenario_id=scenario_id,
        segment=segment,
        moving_months=WINDOW,
    )


def accuracy(snapshot: Snapshot, segment: str, scenario_id: str | None) -> Table:
    """One row per horizon: how far past projections of a model lay from what was billed."""
    return snapshot.read("decision/accuracy", segment=segment, scenario_id=scenario_id or "current")


def projections(snapshot: Snapshot, segment: str, scenario_id: str | None) -> Table:
    """One row per horizon, model and case: revenue and cash up to it, today's model first."""
    return snapshot.read(
        "decision/projections",
        horizons=list(HORIZONS),
        scenario_id=scenario_id or "current",
        segment=segment,
    )
