"""What quarantined rows still say of themselves, and when they count no more."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.homes import Built, build, make_home, write

pytestmark = pytest.mark.slow

USAGE = "event_id,account_id,occurred_at,meter,quantity\n"
GOOD = "u1,a1,2025-01-02T10:00:00Z,resolutions,5\nu2,a2,2025-02-02T10:00:00Z,resolutions,2.5\n"
AT = datetime.fromisoformat("2025-01-05T09:00:00")


def usage(*rows: str, header: str = USAGE) -> str:
    return header + GOOD + "".join(f"{row}\n" for row in rows)


def found(built: Built, columns: str = "account_id, row_key, event_at, meter") -> list[Any]:
    return built.rows(f"select {columns} from raw.quarantined_rows order by all")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("b1,a1,2025-01-05T10:00:00+01:00,resolutions,many", [("a1", "b1", AT, "resolutions")]),
        ("b1,a1,2025-01-05T09:00:00Z,resolutions,-1", [("a1", "b1", AT, "resolutions")]),
        ("b1,a1,2025-01-05T09:00:00Z,,5", [("a1", "b1", AT, None)]),
        ("b1,a1,yesterday,resolutions,5", [("a1", "b1", None, "resolutions")]),
        # a time ahead of all exports is no time at which it happened
        ("b1,a1,2036-01-05T09:00:00Z,resolutions,5", [("a1", "b1", None, "resolutions")]),
        (",a1,2025-01-05T09:00:00Z,resolutions,5", [("a1", None, AT, "resolutions")]),
        # nobody can tell whose these are
        ("b1,,2025-01-05T09:00:00Z,resolutions,5", []),
        ("b1,a1", []),
        # an account that the accounts export does not name has no bill either
        ("b1,a9,2025-01-05T09:00:00Z,resolutions,5", [("a9", "b1", AT, "resolutions")]),
    ],
)
def test_a_row_says_what_can_be_read_of_it(
    tmp_path: Path, row: str, expected: list[tuple[Any, ...]]
) -> None:
    assert found(build(make_home(tmp_path, exports__usage_events=usage(row)))) == expected


def test_an_event_counts_once_however_often_its_row_is_there(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events=usage(
            "b1,a1,2025-01-05T09:00:00Z,resolutions,1",
            "b1,a1,2025-01-05T09:00:00Z,resolutions,2",
            ",a1,2025-01-05T09:00:00Z,resolutions,3",
        ),
    )
    # the next day's file holds the day before again
    write(
        settings.exports / "usage_events" / "day2.csv",
        USAGE + ",a1,2025-01-05T09:00:00Z,resolutions,3\nb2,a1,2025-01-05T09:00:00Z,x,y\n",
    )
    assert found(build(settings), "row_key, meter") == [
        ("b1", "resolutions"),
        ("b2", "x"),
        (None, "resolutions"),
    ]


def test_names_of_columns_are_read_whatever_their_case(tmp_path: Path) -> None:
    header = "Event_ID,ACCOUNT_ID,Occurred_At,Meter,Quantity,a/b~c\n"
    rows = (
        usage("b1,a1, 2025-01-05T09:00:00Z ,calls,x,", header=header)
        .replace("resolutions,5\n", "resolutions,5,\n")
        .replace("2.5\n", "2.5,\n")
    )
    built = build(make_home(tmp_path, exports__usage_events=rows))
    assert found(built) == [("a1", "b1", AT, "calls")]


def test_an_event_that_another_file_brings_is_not_missing(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events=usage("b1,a1,2025-01-05T09:00:00Z,resolutions,many")
    )
    assert len(found(build(settings))) == 1
    write(
        settings.exports / "usage_events" / "corrected.csv",
        "event_id,account_id,occurred_at,meter,quantity,recorded_at\n"
        "b1,a1,2025-01-05T09:00:00Z,resolutions,7,2025-02-01T00:00:00Z\n",
    )
    assert found(build(settings)) == []
    # what is known from February on was missing in January
    assert len(found(build(settings, datetime.fromisoformat("2025-01-31")))) == 1


def test_a_row_no_longer_counts_when_its_file_was_corrected(tmp_path: Path) -> None:
    bad = ",a1,2025-01-05T09:00:00Z,resolutions,5"
    settings = make_home(tmp_path, exports__usage_events=usage(bad, "b2,a1,soon,resolutions,1"))
    assert len(found(build(settings))) == 2
    write(settings.exports / "usage_events.csv", usage(f"b1{bad}"))
    assert found(build(settings)) == []
    # a file that only went away takes nothing back
    write(settings.exports / "usage_events" / "more.csv", USAGE + "b3,a1,soon,resolutions,1\n")
    assert len(found(build(settings))) == 1
    (settings.exports / "usage_events" / "more.csv").unlink()
    assert found(build(settings), "row_key, file_name") == [("b3", "usage_events/more.csv")]


def test_a_row_that_was_not_known_yet_is_not_missing(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path,
        exports__usage_events=usage(
            "b1,a1,2025-01-05T09:00:00Z,resolutions,many", "b2,a1,soon,resolutions,1"
        ),
    )
    assert [
        row[0] for row in found(build(settings, datetime.fromisoformat("2025-01-04")), "row_key")
    ] == ["b2"]
    assert [row[0] for row in found(build(settings, AT), "row_key")] == ["b1", "b2"]


def test_a_mapping_says_how_a_time_is_written(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    write(
        settings.mappings / "own.yml",
        """
sources:
  work:
    pattern: "work.csv"
    date_order: dmy
    time_zone: Europe/Berlin
targets:
  usage_events:
    select: |
      select _row, id as event_id, who as account_id, moment as occurred_at, 'calls' as meter,
             n as quantity
      from work
""",
    )
    write(
        settings.exports / "work.csv", "id,who,moment,n\nw1,a1,02.01.2025,1\nw2,a1,05.01.2025,?\n"
    )
    assert found(build(settings)) == [
        ("a1", "w2", datetime.fromisoformat("2025-01-04T23:00:00"), "calls")
    ]


def test_seats_and_invoices_say_theirs(tmp_path: Path) -> None:
    built = build(
        make_home(
            tmp_path,
            exports__seat_events=(
                "event_id,account_id,event_type,quantity,effective_at\n"
                "s1,a1,add,5,2025-01-01\ns2,a2,add,3,2025-01-01\ns3,a1,add,x,2025-01-05T09:00:00Z\n"
            ),
            exports__invoice_lines=(
                "invoice_id,line_id,account_id,issued_at,period_start,period_end,amount,currency\n"
                "i1,1,a1,2025-01-01,2025-01-01,2025-02-01,195.00,EUR\n"
                "i2,1,a2,2025-01-05T09:00:00Z,2025-01-01,2025-02-01,117.00,EURO\n"
            ),
        )
    )
    columns = "export, account_id, row_key, event_at, line_type, status, period_start::varchar"
    assert found(built, columns) == [
        ("invoice_lines", "a2", "i2\x1f1", AT, "flat", "open", "2025-01-01"),
        ("seat_events", "a1", "s3", AT, None, None, None),
    ]


def test_a_row_without_a_time_is_bounded_by_the_months_of_its_file(tmp_path: Path) -> None:
    settings = make_home(
        tmp_path, exports__usage_events=usage("b1,a1,soon,resolutions,1", "b2,a1,2036-01-01,x,1")
    )
    write(settings.exports / "usage_events" / "none.csv", USAGE + "b3,a1,soon,resolutions,1\n")
    columns = "row_key, file_from::varchar, file_to::varchar"
    assert found(build(settings), columns) == [
        ("b1", "2025-01-01", "2025-02-28"),
        ("b2", "2025-01-01", "2025-02-28"),
        ("b3", None, None),
    ]
