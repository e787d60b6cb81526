"""Months, anchors and the clock of the generated company."""

from datetime import date

from orchestration.generate.accounts import Subscription
from orchestration.generate.calendar import Window, add_months, local_day, stamp, utc
from orchestration.generate.catalogue import seat_plan


def test_an_anchor_of_31_returns_after_a_shorter_month() -> None:
    contract = Subscription("s", date(2025, 1, 31), None, seat_plan("month", "USD"))
    starts = [contract.period_start(number) for number in range(4)]
    assert starts == [date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)]


def test_the_last_day_of_february_opens_its_own_period() -> None:
    contract = Subscription("s", date(2025, 1, 31), None, seat_plan("month", "USD"))
    assert contract.period_of(date(2025, 2, 27)) == (date(2025, 1, 31), date(2025, 2, 28))
    assert contract.period_of(date(2025, 2, 28)) == (date(2025, 2, 28), date(2025, 3, 31))


def test_a_yearly_period_runs_from_anniversary_to_anniversary() -> None:
    contract = Subscription("s", date(2025, 3, 15), None, seat_plan("year", "EUR"))
    assert contract.period_of(date(2026, 3, 14)) == (date(2025, 3, 15), date(2026, 3, 15))
    assert contract.period_of(date(2026, 3, 15)) == (date(2026, 3, 15), date(2027, 3, 15))


def test_the_window_ends_with_october_2026_however_long_it_is() -> None:
    window = Window.ending(26)
    assert (window.first, window.end) == (date(2024, 9, 1), date(2026, 11, 1))
    assert stamp(window.as_of) == "2026-11-01T00:00:00Z"
    assert Window.ending(3).end == window.end


def test_local_midnight_follows_summer_time() -> None:
    assert stamp(utc(date(2026, 7, 1))) == "2026-06-30T22:00:00Z"
    assert stamp(utc(date(2026, 1, 1))) == "2025-12-31T23:00:00Z"
    assert local_day(utc(date(2026, 7, 1))) == date(2026, 7, 1)


def test_months_are_added_across_a_leap_day() -> None:
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2025, 12, 31), 2) == date(2026, 2, 28)
