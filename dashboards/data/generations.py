"""The generations that are still available."""

import json
from dataclasses import dataclass
from datetime import datetime

from dashboards.data.warehouse import Snapshot, home, moment_of, snapshot_of


@dataclass(frozen=True)
class Generation:
    """A published generation whose snapshot is available."""

    number: int
    as_of: datetime
    published_at: datetime
    build_id: str
    verdict: str
    checks: int | None
    is_shown: bool


def pinned(number: int) -> Snapshot | None:
    """The snapshot of an earlier generation that is still available; None if it is not."""
    entry = home() / "var" / "snapshots" / f"v{number:06d}.json"
    try:
        found = snapshot_of(entry, home())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if found.generation == number and found.path.is_file() else None


def generations(snapshot: Snapshot) -> list[Generation]:
    """The generations available in this home, latest first; unreadable files are skipped."""
    found = []
    for path in (home() / "var" / "snapshots").glob("v*.json"):
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
            audit = entry.get("audit") or {}
            found.append(
                Generation(
                    number=int(entry["generation"]),
                    as_of=moment_of(str(entry["as_of"])),
                    published_at=moment_of(str(entry["published_at"])),
                    build_id=str(entry["build_id"]),
                    verdict=str(audit.get("verdict", "unknown")),
                    checks=int(audit["checks"]) if "checks" in audit else None,
                    is_shown=int(entry["generation"]) == snapshot.generation,
                )
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return sorted(found, key=lambda generation: -generation.number)
