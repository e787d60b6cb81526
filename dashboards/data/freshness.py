"""The age of the data, at the moment when the page is opened."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orchestration.platform.errors import InputError
from orchestration.platform.settings import load_settings

from dashboards.data.warehouse import Snapshot, home
from dashboards.formatting import moment


@dataclass(frozen=True)
class Freshness:
    """The age of the data, and the age from which it counts as stale."""

    age: timedelta
    limit: timedelta

    @property
    def is_stale(self) -> bool:
        return self.age > self.limit


def now() -> datetime:
    """The clock, which tests replace."""
    return datetime.now(UTC)


def hour(at: datetime) -> str:
    """The time in UTC, with the day unless it is today."""
    there = at.astimezone(UTC)
    return f"{there:%H:%M}" if there.date() == now().date() else moment(there)


def freshness(snapshot: Snapshot) -> Freshness:
    """Age since the as-of, against the home's refresh interval plus grace."""
    try:
        settings = load_settings(home())
        hours = settings.interval_hours + settings.grace_hours
    except InputError:
        # the snapshot can be read even if the settings were broken after it was published
        hours = 30
    return Freshness(age=now() - snapshot.as_of, limit=timedelta(hours=hours))
