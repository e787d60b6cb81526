"""The state word of the data that a page shows, and what each of the four words stands for.

These are the criteria, once: the header says them on hover, the Definitions page as a list.
"""

from dataclasses import dataclass

from dashboards.data import health, refreshes
from dashboards.data.freshness import Freshness, hour
from dashboards.data.tables import Row, Table, first, rows
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import age, plural
from dashboards.labels import segment

HEALTHY, CAUTION, DEGRADED, UNKNOWN = "Healthy", "Caution", "Degraded", "Unknown"
# the gravest that holds is shown; months that are not over are marked where they stand instead
CRITERIA = {
    HEALTHY: "The audit of what is shown passed without a warning, the data is younger than the "
    "refresh interval plus grace, every row and file was taken, and no closed month is empty.",
    CAUTION: "The data is older than the refresh interval plus grace, or the last refresh ended "
    "before it was published, or the audit passed with warnings, or rows are held back, files "
    "refused, rows unaccounted for, or closed months of an export without a row.",
    DEGRADED: "The audit refused a later refresh, so that the generation before it is shown, or "
    "what is shown has an audit that did not pass, or a segment's verdict is HOLD – DATA.",
    UNKNOWN: "The audit of what is shown, or the snapshot itself, cannot be read.",
}
# a publication is only made of a build whose audit says so
PASSED = "PASS"


@dataclass(frozen=True)
class Badge:
    """The word, and each reason that it is not Healthy as one clause."""

    word: str
    reasons: tuple[str, ...] = ()


def badge(snapshot: Snapshot, state: Freshness) -> Badge:
    """What the data shown deserves to be called at this moment."""
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
    held = [segment(row["segment"]) for row in rows(_held(snapshot))]
    if held:
        found.append(f"HOLD – DATA for {', '.join(held)}")
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
    for column, one, many, what in (
        ("quarantined", "row", "rows", "held back"),
        ("refused", "file", "files", "refused"),
        ("unaccounted", "row", "rows", "unaccounted for"),
        ("gap_months", "closed month", "closed months", "without a row"),
    ):
        if counts.get(column):
            found.append(f"{plural(int(counts[column]), one, many)} {what}")
    return found


def _held(snapshot: Snapshot) -> Table:
    return snapshot.read("badge/segments_on_hold")


def latest_verdict(snapshot: Snapshot, name: str) -> Row | None:
    """The latest verdict of a segment with its proposal; None where there is none."""
    return first(
        snapshot.read(
            "badge/latest_verdict",
            segment=name,
        )
    )
