"""Lines on charts: the thresholds in force, as the snapshot has them."""

from decimal import Decimal

from dashboards.data.facts import EVERYONE
from dashboards.data.tables import first
from dashboards.data.warehouse import Snapshot


def threshold(snapshot: Snapshot, name: str, segment: str = EVERYONE) -> Decimal | None:
    """The value in force for the segment; None if none is set."""
    found = first(
        snapshot.read(
            "thresholds/threshold",
            name=name,
            segment=segment,
        )
    )
    return found["fires_at"] if found else None
