"""Seat utilization and idle seats against a plain reading of seat events and usage."""

from fractions import Fraction

from tests.metrics.arithmetic import rounded
from tests.metrics.conftest import Reported
from tests.metrics.exports import MINOR_UNITS, Company
from tests.metrics.seats import Seats


def test_the_utilization_of_every_account_and_month_is_that_of_a_plain_reading(
    seats: Seats, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, segment, plan_id, currency, billable_seats, active_seats,"
        " utilization, idle_seats, never_active_seats, idle_amount, idle_amount_reporting,"
        " seat_price, peak_seats, end_seats, is_provisional, reason"
        " from marts.fct_seat_utilization"
    )
    assert set(rows) == {seats.utilization(*key) for key in seats.months}


def test_idle_seats_and_their_price_are_those_of_a_plain_reading(
    company: Company, seats: Seats, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, band, seats, amount, amount_reporting"
        " from marts.fct_idle_seats where reason is null"
    )
    expected = set()
    for account_id, month in seats.months:
        currency, price, _ = seats.price(account_id, month) or ("", Fraction(), "")
        rate = company.rate(currency, month)
        assert rate is not None
        for band, count in seats.idle(account_id, month).items():
            amount = Fraction(rounded(Fraction(rounded(price, 12)) * Fraction(count), 12))
            expected.add(
                (
                    *(account_id, month, band, count),
                    rounded(amount, MINOR_UNITS.get(currency, 2)),
                    rounded(Fraction(rounded(amount * rate, 12)), 4),
                )
            )
    assert set(rows) == expected
