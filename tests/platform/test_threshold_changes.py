"""Changing a line in thresholds.csv: one row moves, everything else stays as people wrote it."""

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.homes.threshold_changes import (
    Key,
    Lines,
    change_threshold,
    own_rows,
    thresholds_text,
    write_thresholds,
)
from orchestration.ingest.reference import load_reference
from orchestration.platform.errors import InputError, RequestError
from orchestration.platform.settings import Settings, load_settings

WRITTEN = """\
# lines that we agreed on in May
name,segment,valid_from,fires_at,clears_at,direction,unit
utilization,,,0.70,0.73,below,ratio
"utilization",smb,2026-01-01,0.60,0.63,below,ratio
# kept for later
discount_leakage,,,0.06,0.05,above,ratio
"""
UTILIZATION = Key("utilization")


def lines(fires_at: str, clears_at: str | None = None) -> Lines:
    return Lines(Decimal(fires_at), Decimal(clears_at) if clears_at else None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with nothing but settings and thresholds."""
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "thresholds.csv").write_text(WRITTEN, encoding="utf-8")
    return load_settings(tmp_path)


def changed(settings: Settings, key: Key, after: Lines | None, before: Lines | None) -> list[str]:
    """The lines of the file that differ, as -old and +new."""
    earlier = thresholds_text(settings) or ""
    text = change_threshold(settings, key, after, before=before)
    assert thresholds_text(settings) == (earlier or None)
    old, new = earlier.splitlines(), text.splitlines()
    return [f"-{line}" for line in old if line not in new] + [
        f"+{line}" for line in new if line not in old
    ]


def test_a_rows_lines_change_where_it_stands(settings: Settings) -> None:
    assert changed(settings, UTILIZATION, lines("0.65", "0.68"), lines("0.7", "0.73")) == [
        "-utilization,,,0.70,0.73,below,ratio",
        "+utilization,,,0.65,0.68,below,ratio",
    ]
    dated = Key("utilization", "smb", "2026-01-01")
    assert changed(settings, dated, lines("0.5"), lines("0.60", "0.63")) == [
        '-"utilization",smb,2026-01-01,0.60,0.63,below,ratio',
        "+utilization,smb,2026-01-01,0.5,,below,ratio",
    ]


def test_a_missing_row_is_added_with_the_direction_of_its_threshold(settings: Settings) -> None:
    assert changed(settings, Key("exposed_share", "smb"), lines("0.2", "0.1"), None) == [
        "+exposed_share,smb,,0.2,0.1,above,ratio"
    ]
    text = change_threshold(settings, Key("exposed_share"), lines("0.2"), before=None)
    write_thresholds(settings, text)
    kept = {row.key: row.lines for row in own_rows(settings)}
    assert kept[Key("exposed_share")] == lines("0.2")
    assert len(load_reference(settings).tables["thresholds"]) > len(kept)


def test_a_home_without_the_file_gets_one_and_loses_it_again(settings: Settings) -> None:
    write_thresholds(settings, None)
    assert thresholds_text(settings) is None
    assert changed(settings, UTILIZATION, lines("100"), None) == [
        "+name,segment,valid_from,fires_at,clears_at,direction,unit",
        "+utilization,,,100,,below,ratio",
    ]


def test_a_row_is_taken_away(settings: Settings) -> None:
    assert changed(settings, UTILIZATION, None, lines("0.70", "0.73")) == [
        "-utilization,,,0.70,0.73,below,ratio"
    ]


@pytest.mark.parametrize(
    ("key", "after", "before", "reported"),
    [
        (UTILIZATION, lines("0.6"), lines("0.71"), "changed in the meantime"),
        (UTILIZATION, lines("0.6"), None, "changed in the meantime"),
        (Key("exposed_share"), None, None, "no such row"),
        (UTILIZATION, lines("0.6", "0.5"), lines("0.70", "0.73"), "clear at or above"),
        (Key("exposed_share"), lines("0.1", "0.2"), None, "clear at or below"),
        (Key("no_such_line"), lines("0.1"), None, "is not a threshold"),
        (UTILIZATION, lines("1" + "0" * 30), lines("0.70", "0.73"), "column fires_at"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    settings: Settings, key: Key, after: Lines | None, before: Lines | None, reported: str
) -> None:
    with pytest.raises(RequestError, match=reported):
        change_threshold(settings, key, after, before=before)
    assert thresholds_text(settings) == WRITTEN


def test_a_broken_reference_file_must_be_corrected_first(settings: Settings) -> None:
    (settings.reference / "plans.csv").write_text("plan,price\n", encoding="utf-8")
    with pytest.raises(InputError, match="Correct it first"):
        change_threshold(settings, UTILIZATION, lines("0.6"), before=lines("0.70", "0.73"))


def test_a_header_without_the_column_is_named(settings: Settings) -> None:
    write_thresholds(settings, "name,fires_at,direction,unit\nutilization,0.70,below,ratio\n")
    with pytest.raises(RequestError, match="no column clears_at"):
        change_threshold(settings, UTILIZATION, lines("0.6", "0.7"), before=lines("0.70"))
    text = change_threshold(settings, UTILIZATION, lines("0.6"), before=lines("0.70"))
    assert text.endswith("utilization,0.6,below,ratio\n")
