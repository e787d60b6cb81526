"""Anchor months, billing periods and the billing time zone (pricing.md, Months and periods)."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Span:
    """Days from `start` to the day before `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def holds(self, day: date) -> bool:
        return self.start <= day < self.end

    def cut_to(self, other: "Span") -> "Span":
        return Span(max(self.start, other.start), min(self.end, other.end))


def plus_months(month: date, count: int) -> date:
    """The first day of the calendar month that many months on."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def anchored(month: date, anchor_day: int) -> date:
    """The anchor day in that month; 29 to 31 fall on the last day of a shorter one."""
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=min(anchor_day, last))


def month_of(day: date, anchor_day: int) -> date:
    """The calendar month in which the anchor month that holds the day starts."""
    month = day.replace(day=1)
    return month if anchored(month, anchor_day) <= day else plus_months(month, -1)


def months_from(month: date, count: int, anchor_day: int) -> Span:
    """The days of `count` anchor months, the first of which starts in that calendar month."""
    return Span(anchored(month, anchor_day), anchored(plus_months(month, count), anchor_day))


@lru_cache(maxsize=100_000)
def local_day(at: datetime, time_zone: str) -> date:
    """The day in the billing time zone on which something in UTC happened."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone)).date()


@lru_cache(maxsize=100_000)
def midnight(day: date, time_zone: str) -> datetime:
    """The moment in UTC at which a day of the billing time zone begins."""
    local = datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def seconds(start: datetime, end: datetime) -> int:
    return (end - start) // timedelta(seconds=1)
