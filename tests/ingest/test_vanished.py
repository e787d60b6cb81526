"""What went from the exports folder stays loaded and is reported."""

from pathlib import Path

from orchestration.ingest.check import check_home
from orchestration.ingest.vanished import Vanished, vanished
from tests.ingest.homes import VALID, build, load, make_home, write

USAGE = VALID["exports/usage_events.csv"]
HEADER, FIRST, SECOND = USAGE.splitlines(keepends=True)


def test_rows_that_went_from_a_file_are_reported_and_stay(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    assert vanished(settings) == []
    write(settings.exports / "usage_events.csv", HEADER + SECOND)
    expected = [Vanished("usage_events", "usage_events.csv", 1, False)]
    assert check_home(settings).vanished == expected
    built = build(settings)
    assert vanished(settings) == expected
    assert expected[0].sentence == (
        "1 row of an earlier usage_events.csv is no longer in it but stays loaded."
    )
    assert built.rows("select count(*) from raw.usage_events") == [(2,)]


def test_a_file_that_went_is_reported_with_the_rows_that_no_other_file_has(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    write(
        settings.exports / "usage_events" / "day.csv", HEADER + FIRST + "u8,a1,2025-01-05,calls,1\n"
    )
    load(settings)
    (settings.exports / "usage_events" / "day.csv").unlink()
    expected = [Vanished("usage_events", "usage_events/day.csv", 1, True)]
    assert check_home(settings).vanished == expected
    load(settings)
    assert vanished(settings) == expected
    assert expected[0].sentence.startswith(
        "usage_events/day.csv is no longer in the exports; 1 row"
    )


def test_a_file_that_was_renamed_or_reordered_lost_nothing(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    load(settings)
    (settings.exports / "usage_events.csv").unlink()
    write(settings.exports / "usage_events" / "other.csv", USAGE)
    load(settings)
    assert vanished(settings) == []
    write(settings.exports / "usage_events" / "other.csv", HEADER + SECOND + FIRST)
    load(settings)
    assert vanished(settings) == []
    assert check_home(settings).vanished == []


def test_a_file_that_cannot_be_read_now_is_not_called_gone(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    write(settings.exports / "usage_events" / "day.csv", HEADER + "u8,a1,2025-01-05,calls,1\n")
    load(settings)
    write(settings.exports / "usage_events" / "day.csv", "")
    load(settings)
    assert vanished(settings) == []
