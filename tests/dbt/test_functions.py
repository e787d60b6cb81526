"""The functions that a snapshot carries: rates at their edges, and the queue of a rollout."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.platform.functions import make_functions
from tests.functions import published_functions

TABLES = """
create schema marts;
create table marts.dim_accounts (account_id varchar, currency varchar);
insert into marts.dim_accounts values ('a', 'USD'), ('b', 'USD'), ('c', 'EUR'), ('d', 'USD');
create table marts.fct_usage_monthly (
    account_id varchar, month date, meter varchar, actor_type varchar, quantity decimal(38, 6)
);
create table marts.fct_seat_utilization (
    account_id varchar, month date, segment varchar, plan_id varchar,
    billable_seats decimal(19, 6), active_seats decimal(19, 6), reason varchar
);
create table marts.fct_role_seats (
    account_id varchar, month date, segment varchar, role varchar, holders bigint,
    held_seats decimal(19, 6), active_seats decimal(19, 6), reason varchar
);
create table marts.fct_rollout_waves (
    scenario_id varchar, approach varchar, segment varchar, account_id varchar, status varchar,
    wave_month date, rollout_place integer, is_shock boolean
);
create table marts.dim_functions (
    position integer, name varchar, parameters varchar, is_table boolean, body varchar
);
"""
OCTOBER = "date '2026-10-01'"


@pytest.fixture
def snapshot() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        connection.executemany(
            "insert into marts.dim_functions values (?, ?, ?, ?, ?)",
            [
                [place, *(function[name] for name in ("name", "parameters", "is_table", "body"))]
                for place, function in enumerate(published_functions())
            ],
        )
        make_functions(connection)
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ("ratio(1, 3)", Decimal("0.333333")),
        ("ratio(2, 3)", Decimal("0.666667")),
        ("ratio(1, 0)", None),
        ("ratio(null, 3)", None),
        ("revenue_change(100.00, 110.00)", Decimal("0.100000")),
        ("revenue_change(100.00, 0.00)", Decimal("-1.000000")),
        ("revenue_change(0.00, 110.00)", None),
        ("revenue_change(-1.00, 110.00)", None),
    ],
)
def test_a_rate_over_nothing_is_none(
    snapshot: duckdb.DuckDBPyConnection, asked: str, value: Decimal | None
) -> None:
    assert answer(snapshot, f"select marts.{asked}") == [(value,)]


def test_work_of_unknown_actors_is_on_neither_side(snapshot: duckdb.DuckDBPyConnection) -> None:
    snapshot.execute(
        f"""
        insert into marts.fct_usage_monthly values
            ('a', {OCTOBER}, 'outcomes', 'automation', 1), ('a', {OCTOBER}, 'outcomes', 'human', 3),
            ('a', {OCTOBER}, 'outcomes', 'unknown', 9), ('b', {OCTOBER}, 'outcomes', 'unknown', 9),
            ('c', {OCTOBER}, 'outcomes', 'human', 2), ('d', {OCTOBER}, 'tokens', 'automation', 2),
            ('d', date '2026-09-01', 'outcomes', 'automation', 2)
        """
    )
    asked = f"from marts.automation_shares('outcomes', {OCTOBER}) order by all"
    assert answer(snapshot, asked) == [("a", Decimal("0.250000")), ("c", Decimal("0.000000"))]


def test_seats_of_unknown_activity_are_counted_but_lower_no_rate(
    snapshot: duckdb.DuckDBPyConnection,
) -> None:
    snapshot.execute(
        f"""
        insert into marts.fct_seat_utilization values
            ('a', {OCTOBER}, 's', 'pro', 10, 5, null), ('b', {OCTOBER}, 's', 'pro', 10, null, 'x'),
            ('c', {OCTOBER}, 's', 'pro', 10, 10, null), ('d', {OCTOBER}, 't', null, 4, null, 'x');
        insert into marts.fct_role_seats values
            ('a', {OCTOBER}, 's', 'agent', 2, 10, 5, null),
            ('b', {OCTOBER}, 's', 'agent', 2, 10, null, 'x')
        """
    )
    plans = "select plan_id, accounts, billable_seats, active_seats, value, reason"
    everyone = f"{plans} from marts.plan_utilization('all', 'all', {OCTOBER}) order by plan_id"
    assert answer(snapshot, everyone) == [
        ("pro", 3, 30, 15, Decimal("0.750000"), "x"),
        ("unknown", 1, 4, None, None, "x"),
    ]
    dollars = f"{plans} from marts.plan_utilization('s', 'USD', {OCTOBER})"
    assert answer(snapshot, dollars) == [("pro", 2, 20, 5, Decimal("0.500000"), "x")]
    roles = "select role, accounts, holders, held_seats, active_seats, value, reason"
    assert answer(snapshot, f"{roles} from marts.role_utilization('s', 'USD', {OCTOBER})") == [
        ("agent", 2, 4, 20, 5, Decimal("0.500000"), "x")
    ]


WAVES = """
insert into marts.fct_rollout_waves values
    ('h', 'renewal', 'all', 'a', 'in_wave', date '2027-01-01', 1, false),
    ('h', 'renewal', 'all', 'b', 'in_wave', date '2027-01-01', 2, true),
    ('h', 'renewal', 'all', 'c', 'in_wave', date '2027-01-01', 3, null),
    ('h', 'renewal', 'all', 'd', 'in_wave', date '2027-03-01', 4, false),
    ('h', 'renewal', 'all', 'e', 'locked', null, null, false),
    ('h', 'opt_in', 'all', 'd', 'in_wave', date '2027-01-01', 1, false)
"""


@pytest.mark.parametrize(
    ("currency", "left_out", "leaves_shocked", "first_month", "size", "moves"),
    [
        # no limit: everybody when their contract is free
        ("all", "", False, "2027-01", 0, "a 2027-01, b 2027-01, c 2027-01, d 2027-03"),
        # a month that is full sends the next account on; March is free for the one due then
        ("all", "", False, "2027-01", 2, "a 2027-01, b 2027-01, c 2027-02, d 2027-03"),
        ("all", "", False, "2027-01", 1, "a 2027-01, b 2027-02, c 2027-03, d 2027-04"),
        # nobody before the first month, and nobody before their own
        ("all", "", False, "2027-02", 0, "a 2027-02, b 2027-02, c 2027-02, d 2027-03"),
        # an account left out gives its place to the next
        ("all", "a", False, "2027-01", 1, "b 2027-01, c 2027-02, d 2027-03"),
        ("all", "", True, "2027-01", 1, "a 2027-01, c 2027-02, d 2027-03"),
        ("EUR", "", False, "2027-01", 1, "c 2027-01"),
    ],
)
def test_accounts_queue_for_the_months_of_a_rollout(
    snapshot: duckdb.DuckDBPyConnection,
    currency: str,
    left_out: str,
    leaves_shocked: bool,
    first_month: str,
    size: int,
    moves: str,
) -> None:
    snapshot.execute(WAVES)
    found = snapshot.execute(
        """
        select account_id || ' ' || strftime(move_month, '%Y-%m')
        from marts.rollout_schedule('h', 'renewal', $1, $2, $3, 'all', $4, $5)
        order by place
        """,
        [currency, left_out, leaves_shocked, first_month, size],
    ).fetchall()
    assert ", ".join(move for (move,) in found) == moves


def test_only_accounts_in_waves_can_be_left_out(snapshot: duckdb.DuckDBPyConnection) -> None:
    snapshot.execute(WAVES)
    asked = "marts.rollout_accounts('h', 'renewal', 'all', 'a,e', true)"
    assert answer(snapshot, f"select account_id from {asked} where is_excluded order by all") == [
        ("a",),
        ("b",),
    ]
