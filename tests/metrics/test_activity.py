"""Recent utilization, seats to right-size to, users and their cost against a plain reading."""

from tests.metrics.activity import Activity
from tests.metrics.arithmetic import rounded
from tests.metrics.bills import Bills
from tests.metrics.conftest import Reported
from tests.metrics.seats import Seats


def test_recent_days_right_size_and_users_are_those_of_a_plain_reading(
    activity: Activity, seats: Seats, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, measured_on, utilization_7d, utilization_28d, end_seats,"
        " right_size_seats, surplus_seats, surplus_amount, surplus_amount_reporting,"
        " active_users, light_users, heavy_users, reason, amount_reason"
        " from marts.fct_seat_activity"
    )
    assert set(rows) == {(*key, *activity.row(*key)) for key in seats.months}


def test_what_each_meter_cost_is_that_of_a_plain_reading(bills: Bills, reported: Reported) -> None:
    rows = reported(
        "select account_id, month, meter, quantity, exact_cost, cost, reason"
        " from marts.fct_meter_costs"
    )
    assert set(rows) == {
        (*key, rounded(quantity, 6), rounded(cost, 12), rounded(cost, 4), None)
        for key, (quantity, cost) in bills.meter_costs.items()
    }


def test_holders_who_cost_more_than_their_seat_are_those_of_a_plain_reading(
    activity: Activity, seats: Seats, reported: Reported
) -> None:
    rows = reported(
        "select account_id, month, holders, exposed_holders, exposed_share, reason"
        " from marts.fct_user_exposure"
    )
    assert set(rows) == {(*key, *activity.exposure(*key)) for key in seats.months}
    assert sum(row[2] for row in rows) > 0
