"""The latest refresh: whether one is running, and why one was not published."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.platform.errors import InputError
from orchestration.platform.lock import running_since
from orchestration.platform.settings import load_settings

from dashboards.data.docs import found, link_of
from dashboards.data.warehouse import BadSnapshot, NoSnapshot, current, home, moment_of

# the most reasons that a page shows for a refusal
REASONS = 5


@dataclass(frozen=True)
class Unpublished:
    """A build that ended without being published: refused by its audit, or stopped before it."""

    at: datetime
    was_refused: bool
    reasons: tuple[str, ...]
    docs: str | None


def running() -> datetime | None:
    """When the running refresh of this home started; None if none is running."""
    try:
        return running_since(load_settings(home()))
    except InputError:
        return None


def unpublished() -> Unpublished | None:
    """The build of the last refresh, if it was not published and no refresh is running.

    None if the last refresh found nothing new: an earlier refusal was of inputs that have changed.
    """
    latest = _last_audit()
    if latest is None or running() is not None:
        return None
    at, entry = latest
    try:
        published = current().published_at
    except (NoSnapshot, BadSnapshot):
        published = None
    verdict = str(entry.get("verdict"))
    if verdict == "PASS" or (published is not None and at <= published):
        return None
    identity = str(entry.get("build_id", ""))
    return Unpublished(
        at=at,
        was_refused=verdict == "FAIL",
        reasons=tuple(_reasons(entry)),
        docs=link_of(identity),
    )


def _last_audit() -> tuple[datetime, dict[str, object]] | None:
    """The audit of the last refresh's build, and when it was written."""
    builds = home() / "var" / "builds"
    candidate = _read(builds / "candidate.json") or {}
    entry = _read(builds / f"{candidate.get('build_id')}.audit.json")
    try:
        return (moment_of(str(entry["judged_at"])), entry) if entry else None
    except (KeyError, ValueError):
        return None


def _read(path: Path) -> dict[str, object] | None:
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return entry if isinstance(entry, dict) else None


def _reasons(entry: dict[str, object]) -> list[str]:
    """The messages of the first few blocking rules."""
    evidence = entry.get("evidence")
    reasons = [
        f"{rule.get('sentence')} (found: {found(str(rule.get('observed')))[:200]})"
        for rule in (evidence if isinstance(evidence, list) else [])
        if isinstance(rule, dict) and not rule.get("passed") and rule.get("severity") == "critical"
    ]
    more = len(reasons) - REASONS
    return [*reasons[:REASONS], *([f"and {more} more"] if more > 0 else [])]
