"""Converts between local days and moments in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(text: str, time_zone: str) -> datetime:
    """The moment (naive UTC) at which the day ends in the zone; ValueError if it is not a day."""
    following = date.fromisoformat(text) + timedelta(days=1)
    local = datetime.combine(following, time.min, ZoneInfo(time_zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def last_day(moment: datetime, time_zone: str) -> date:
    """The last day that began before the moment (naive UTC) in the zone."""
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone))
    return (local - timedelta(microseconds=1)).date()


def end_of_month(month: date, time_zone: str) -> datetime:
    """The moment (naive UTC) at which the month starting on this day ends in the zone."""
    following = (month + timedelta(days=31)).replace(day=1)
    return end_of_day((following - timedelta(days=1)).isoformat(), time_zone)
