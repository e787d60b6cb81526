"""What-ifs that are worked out one after the other on one session."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import duckdb
import pytest

from orchestration.platform.errors import RequestError, SeatshiftError
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_memory
from orchestration.whatif.change import parse_changes
from orchestration.whatif.report import WhatIf, what_if
from orchestration.whatif.session import MOST, Kept, Session
from tests.conftest import PublishedHome
from tests.whatif.test_whatif import publish_again

FIVE = ["charges.work.unit_amount=5"]
TEN = ["charges.work.unit_amount=10"]
HELD_BACK = ["scenarios.outcome.max_increase_ratio=0.1"]


@pytest.fixture
def session(small: PublishedHome) -> Iterator[Session]:
    with Session(small.settings) as opened:
        yield opened


def tried(settings: Settings, changes: list[str], session: Session | None = None) -> WhatIf:
    return what_if(settings, parse_changes(changes), with_measures=True, session=session)


def test_a_shared_session_gives_the_same_result_as_a_separate_one(
    small: PublishedHome, session: Session
) -> None:
    for changes in (FIVE, TEN, HELD_BACK, FIVE, ["charges.seat_team.unit_amount=50"], TEN):
        assert tried(small.settings, changes, session) == tried(small.settings, changes)


def test_rows_that_no_price_moves_are_read_once(small: PublishedHome, session: Session) -> None:
    tried(small.settings, FIVE, session)
    with session.opened() as place:
        first, made = place, place.kept.made
        assert made == 1
    tried(small.settings, TEN, session)
    with session.opened() as place:
        assert place is first and place.kept.made == made


def test_a_wish_without_sense_leaves_a_session_as_it_was(
    small: PublishedHome, session: Session
) -> None:
    tried(small.settings, FIVE, session)
    with session.opened() as place:
        first = place
    with pytest.raises(RequestError, match="no row 'nothing'"):
        tried(small.settings, ["charges.nothing.unit_amount=5"], session)
    with session.opened() as place:
        assert place is first
    assert tried(small.settings, TEN, session) == tried(small.settings, TEN)


def test_a_session_whose_database_is_gone_opens_another(
    small: PublishedHome, session: Session
) -> None:
    with pytest.raises(duckdb.ConnectionException), session.opened() as place:
        place.connection.close()
        place.connection.execute("select 1")
    assert tried(small.settings, FIVE, session) == tried(small.settings, FIVE)


def test_a_session_works_on_the_generation_that_is_published(small_copy: Settings) -> None:
    with Session(small_copy) as session:
        before = tried(small_copy, FIVE, session)
        number = publish_again(small_copy)
        after = tried(small_copy, FIVE, session)
    assert number > before.generation
    assert after == replace(before, generation=number)


def test_two_at_once_each_have_a_place(small: PublishedHome, session: Session) -> None:
    expected = [tried(small.settings, changes) for changes in (FIVE, TEN)]
    with ThreadPoolExecutor(2) as threads:
        found = [
            threads.submit(tried, small.settings, changes, session)
            for _ in range(3)
            for changes in (FIVE, TEN)
        ]
        assert [future.result() for future in found] == expected * 3


def test_a_closed_session_is_opened_again(small: PublishedHome, session: Session) -> None:
    tried(small.settings, FIVE, session)
    session.close()
    assert tried(small.settings, FIVE, session) == tried(small.settings, FIVE)


def test_before_the_first_refresh_a_session_says_so(small_copy: Settings) -> None:
    shutil.rmtree(small_copy.snapshots)
    small_copy.pointer.unlink()
    with (
        Session(small_copy) as session,
        pytest.raises(SeatshiftError, match="run `seatshift refresh` first"),
    ):
        tried(small_copy, FIVE, session)


def test_only_the_rows_used_last_are_kept(small: PublishedHome) -> None:
    with open_memory(small.settings) as connection:
        kept = Kept(connection)
        names = [kept.table("select 1 as one", number) for number in range(MOST)]
        # the first is used again, so the second goes
        assert kept.table("select 1 as one", 0) == names[0]
        kept.table("select 2 as one", "other")
        tables = connection.execute("select count(*) from duckdb_tables()").fetchone()
        assert tables == (MOST,)
        assert kept.table("select 1 as one", 0) == names[0]
        assert kept.table("select 1 as one", 1) not in names
