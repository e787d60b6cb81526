"""Rows dated ahead of the exports: held, and no guide to the moment of a build."""

from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.present import as_of_default
from orchestration.platform.settings import Settings
from tests.ingest.homes import build, load, make_home, quarantine, write

pytestmark = pytest.mark.slow

USAGE = "event_id,account_id,occurred_at,meter,quantity,recorded_at\n"
START = datetime.fromisoformat("2025-01-01")
DAILY = "".join(f"d{day},a1,{START + timedelta(days=day):%Y-%m-%d},calls,1,\n" for day in range(60))
LAST = datetime.fromisoformat("2025-03-01")


def usage_home(folder: Path, *rows: str) -> Settings:
    text = USAGE + DAILY + "".join(f"{row}\n" for row in rows)
    return make_home(folder, exports__usage_events_csv=text)


def test_one_row_dated_far_ahead_is_held_and_does_not_move_the_as_of(tmp_path: Path) -> None:
    settings = usage_home(tmp_path, "x,a1,2026-03-01,calls,1,")
    built = build(settings)
    assert as_of_default(settings) == LAST
    assert quarantine(built) == [("usage_events", 61, "bad_time")]
    assert built.rows("select sentence from raw.quarantine") == [
        (
            "its time 2026-03-01 00:00:00 is more than a day after the end of the exports "
            "(2025-03-02 00:00); correct it, or give the last day of the exports with --as-of.",
        )
    ]


@pytest.mark.parametrize(
    ("day", "is_held"), [("2025-04-05", False), ("2025-04-06", True)], ids=["at 35", "beyond"]
)
def test_a_row_is_ahead_after_more_than_35_days_of_silence(
    tmp_path: Path, day: str, is_held: bool
) -> None:
    settings = usage_home(tmp_path, f"x,a1,{day},calls,1,")
    load(settings)
    assert (as_of_default(settings) == LAST) == is_held


def test_several_rows_after_a_silence_are_a_new_stretch_of_data(tmp_path: Path) -> None:
    settings = usage_home(tmp_path, "x,a1,2025-09-01,calls,1,", "y,a1,2025-09-02,calls,1,")
    assert quarantine(build(settings)) == []
    assert as_of_default(settings) == datetime.fromisoformat("2025-09-02")


def test_work_that_is_recorded_before_it_is_done_is_held(tmp_path: Path) -> None:
    settings = usage_home(
        tmp_path,
        "x,a1,2025-03-02,calls,1,2025-03-01",
        "y,a1,2025-03-02T00:00:01Z,calls,1,2025-03-01",
    )
    assert quarantine(build(settings)) == [("usage_events", 62, "bad_time")]


def test_seats_that_are_ordered_ahead_are_no_bad_time(tmp_path: Path) -> None:
    settings = usage_home(tmp_path)
    write(
        settings.exports / "seat_events.csv",
        "event_id,account_id,event_type,quantity,effective_at,recorded_at\n"
        "s1,a1,add,5,2025-01-01,\ns2,a1,remove,-1,2025-06-01,2025-02-01\n",
    )
    built = build(settings)
    assert quarantine(built) == []
    assert built.rows("select count(*) from raw.seat_events") == [(2,)]


def test_an_as_of_that_reaches_the_row_releases_it(tmp_path: Path) -> None:
    settings = usage_home(tmp_path, "x,a1,2026-03-01,calls,1,")
    assert quarantine(build(settings, datetime.fromisoformat("2026-02-27"))) == [
        ("usage_events", 61, "bad_time")
    ]
    assert quarantine(build(settings, datetime.fromisoformat("2026-02-28"))) == []
    assert quarantine(build(settings)) == [("usage_events", 61, "bad_time")]


def test_an_earlier_as_of_holds_nothing_back(tmp_path: Path) -> None:
    built = build(usage_home(tmp_path), datetime.fromisoformat("2025-01-15"))
    assert quarantine(built) == []
    assert built.rows("select count(*) from raw.usage_events") == [(60,)]


PARTS = {
    "a": DAILY,
    "b": "x,a1,2026-03-01,calls,1,\n",
    "c": "".join(f"m{month},a1,2025-{month:02d}-01,calls,1,\n" for month in range(4, 13)),
}


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_what_is_ahead_does_not_depend_on_the_order_of_arrival(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    for name in order:
        write(settings.exports / "usage_events" / f"{name}.csv", USAGE + PARTS[name])
        land_export(settings, "usage_events")
        resolve(settings, require_usable=False)
    assert [reason for _, _, reason in quarantine(build(settings))] == ["bad_time"]
    assert as_of_default(settings) == datetime.fromisoformat("2025-12-01")


def test_later_rows_that_close_the_gap_release_the_row(tmp_path: Path) -> None:
    settings = usage_home(tmp_path, "x,a1,2025-06-01,calls,1,")
    assert quarantine(build(settings)) == [("usage_events", 61, "bad_time")]
    months = "".join(f"m{month},a1,2025-{month:02d}-01,calls,1,\n" for month in (4, 5))
    write(settings.exports / "usage_events" / "more.csv", USAGE + months)
    assert quarantine(build(settings)) == []
    assert as_of_default(settings) == datetime.fromisoformat("2025-06-01")
