"""Months, anchors and local days of the generated company."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_ZONE = "Europe/Berlin"
_ZONE = ZoneInfo(TIME_ZONE)

# the window's last month; homes of other lengths also end with it
LAST_MONTH = date(2026, 10, 1)

# invoices are issued an hour after local midnight, never during a change to or from summer time
ISSUE_HOUR = 1


def add_months(day: date, months: int) -> date:
    """The date a number of months later; a day that the month lacks becomes its last day."""
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def utc(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A local time of the company as an aware UTC time."""
    return datetime.combine(day, time(hour, minute, second), _ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    return at.astimezone(_ZONE).date()


@dataclass(frozen=True)
class Window:
    """The generated calendar months; the company's books close right after them."""

    first: date
    months: int

    @classmethod
    def ending(cls, months: int) -> "Window":
        return cls(add_months(LAST_MONTH, 1 - months), months)

    @property
    def end(self) -> date:
        """The day after the last."""
        return add_months(self.first, self.months)

    @property
    def as_of(self) -> datetime:
        """When the last invoices in the exports are issued."""
        return utc(self.end, ISSUE_HOUR)

    def month(self, index: int) -> date:
        return add_months(self.first, index)

    def month_of(self, day: date) -> int:
        """Index of the month of a day."""
        return (day.year - self.first.year) * 12 + day.month - self.first.month

    def day_number(self, day: date) -> int:
        return (day - self.first).days

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
