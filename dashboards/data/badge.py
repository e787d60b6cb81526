"""The state word of the data that a page shows, and the meaning of each of the four words.

The criteria are only here: the header shows them on hover, the Definitions page as a list.
"""

from dataclasses import dataclass

from dashboards.data import health, refreshes
from dashboards.data.freshness import Freshness, hour
from dashboards.data.tables import Row, Table, first, rows
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import age, plural
from dashboards.labels import segment

HEALTHY, CAUTION, DEGRADED, UNKNOWN = "Healthy", "Caution", "Degraded", "Unknown"
# the worst state that applies is shown; provisional months are marked in place instead
CRITERIA = {
    HEALTHY: "The audit of this generation passed without a warning, the data is younger than "
    "the refresh interval plus grace, no closed month is empty, and what was quarantined, if "
    "anything, lowers neither the grade of the data nor its coverage of MRR.",
    CAUTION: "The data is older than the refresh interval plus grace, or the last refresh "
    "ended before it was published, or the audit passed with warnings, or rows are "
    "unaccounted for, files refused, or closed months of an export empty, or rows are "
    "quarantined and the grade of the data or its coverage of MRR is not high.",
    DEGRADED: "The audit refused a later refresh, so an earlier generation is shown, or the "
    "audit of this generation did not pass, or a segment's verdict is HOLD – DATA.",
    UNKNOWN: "The audit of this generation, or the snapshot itself, cannot be read.",
}
# only a build whose audit passed is published
PASSED = "PASS"


@dataclass(frozen=True)
class Badge:
    """The word, and each reason why it is not Healthy, as a clause."""

    word: str
    reasons: tuple[str, ...] = ()


def badge(snapshot: Snapshot, state: Freshness) -> Badge:
    """The state of the data at this moment."""
    audit = snapshot.audit if isinstance(snapshot.audit, dict) else {}
    verdict = audit.get("verdict")
    ended = refreshes.unpublished()
    worries = tuple(_worries(snapshot, state, audit, ended))
    if not verdict:
        return Badge(UNKNOWN, ("the audit of this generation cannot be read", *worries))
    faults = tuple(_faults(snapshot, str(verdict), ended))
    if faults:
        return Badge(DEGRADED, (*faults, *worries))
    return Badge(CAUTION, worries) if worries else Badge(HEALTHY)


def _faults(snapshot: Snapshot, verdict: str, ended: refreshes.Unpublished | None) -> list[str]:
    found = []
    if verdict != PASSED:
        found.append("the audit of this generation did not pass")
    if ended is not None and ended.was_refused:
        found.append(f"the audit refused the refresh of {hour(ended.at)} UTC")
    on_hold = [segment(row["segment"]) for row in rows(_on_hold(snapshot))]
    if on_hold:
        found.append(f"HOLD – DATA for {', '.join(on_hold)}")
    return found


def _worries(
    snapshot: Snapshot,
    state: Freshness,
    audit: dict[str, object],
    ended: refreshes.Unpublished | None,
) -> list[str]:
    found = []
    if state.is_stale:
        found.append(
            f"stale: {age(state.age)} old, more than {age(state.limit)}; run `seatshift refresh`"
        )
    if ended is not None and not ended.was_refused:
        found.append(f"the refresh of {hour(ended.at)} UTC ended before it was published")
    warnings = audit.get("warnings")
    if isinstance(warnings, int) and warnings:
        found.append(f"{plural(warnings, 'check')} worth a look")
    counts = health.everything(snapshot)
    low = _low_grades(snapshot)
    if counts.get("quarantined") and low:
        found.append(
            f"{plural(int(counts['quarantined']), 'row')} quarantined; {' and '.join(low)}"
        )
    for column, one, many, what in (
        ("refused", "file", "files", "refused"),
        ("unaccounted", "row", "rows", "unaccounted for"),
        ("gap_months", "closed month", "closed months", "without a row"),
    ):
        if counts.get(column):
            found.append(f"{plural(int(counts[column]), one, many)} {what}")
    return found


def _low_grades(snapshot: Snapshot) -> list[str]:
    """What quarantined rows cost: the grades of all accounts' data that are not high."""
    row = first(snapshot.read("badge/grades")) or {}
    return [
        f"{name} is graded {row[column]}"
        for column, name in (("grade_data", "accuracy"), ("grade_coverage", "coverage of MRR"))
        if row.get(column, "high") != "high"
    ]


def _on_hold(snapshot: Snapshot) -> Table:
    return snapshot.read("badge/segments_on_hold")


def latest_verdict(snapshot: Snapshot, name: str) -> Row | None:
    """The latest verdict of a segment with its proposal; None if there is none."""
    return first(
        snapshot.read(
            "badge/latest_verdict",
            segment=name,
        )
    )
