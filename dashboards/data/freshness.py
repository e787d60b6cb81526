"""How old the shown data is, judged when somebody looks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orchestration.platform.errors import InputError
from orchestration.platform.settings import load_settings

from dashboards.data.warehouse import Snapshot, home
from dashboards.formatting import moment


@dataclass(frozen=True)
class Freshness:
    """Age of the data at the moment of looking, and the longest age that is no alarm."""

    age: timedelta
    limit: timedelta

    @property
    def is_stale(self) -> bool:
        return self.age > self.limit


def now() -> datetime:
    """The clock; tests put their own in its place."""
    return datetime.now(UTC)


def hour(at: datetime) -> str:
    """The hour in UTC, with the day where that is another than today's."""
    there = at.astimezone(UTC)
    return f"{there:%H:%M}" if there.date() == now().date() else moment(there)


def freshness(snapshot: Snapshot) -> Freshness:
    """Age since the as-of, against the home's refresh interval plus grace."""
    try:
        settings = load_settings(home())
        hours = settings.interval_hours + settings.grace_hours
    except InputError:
        # the snapshot stands even where the settings were broken after it was published
        hours = 30
    return Freshness(age=now() - snapshot.as_of, limit=timedelta(hours=hours))
