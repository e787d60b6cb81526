"""Days as people write them, as moments in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(text: str, time_zone: str) -> datetime:
    """The moment (naive UTC) at which the day is over in the zone; ValueError for no day."""
    following = date.fromisoformat(text) + timedelta(days=1)
    local = datetime.combine(following, time.min, ZoneInfo(time_zone))
    return local.astimezone(UTC).replace(tzinfo=None)
