"""A home whose own files are damaged: a refresh mends them, or says which one and what to do."""

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.defs.timing import inputs_state
from orchestration.platform.errors import InputError
from orchestration.platform.progress import listening
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import Settings
from orchestration.runs.refresh import refresh
from tests.conftest import PublishedHome


def flip_a_bit(settings: Settings) -> str:
    """In the middle of the first usage file that was landed; its path."""
    path = min((settings.landing / "usage_events").glob("month=*/*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)
    return str(path)


def test_a_refresh_mends_all_side_files_at_once_and_publishes_nothing(
    small_copy: Settings,
) -> None:
    (record, *_) = (small_copy.landing / "usage_events" / "ledger").glob("*.json")
    record.write_bytes(record.read_bytes()[:100])
    (small_copy.landing / "usage_events" / "present.json").write_bytes(b"\xff17")
    (state,) = (small_copy.landing / "resolved").glob("*/state.json")
    state.write_bytes(b"17")
    verdicts = small_copy.var / "verdicts.jsonl"
    before = verdicts.read_bytes()
    verdicts.write_bytes(b"17\n" + before + b"\xff\n")
    said: list[str] = []
    with listening(said.append):
        outcome = refresh(small_copy)
    assert not outcome.is_new
    assert verdicts.read_bytes() == before
    for path in (record, small_copy.landing / "usage_events" / "present.json", state, verdicts):
        assert sum(line.startswith(f"{path} is damaged") for line in said) == 1, (path, said)


def test_damage_that_no_export_mends_stops_the_refresh_and_the_old_snapshot_stays(
    small_copy: Settings,
) -> None:
    path = flip_a_bit(small_copy)
    before = read_pointer(small_copy)
    (usage,) = small_copy.exports.glob("usage_events*")
    usage.write_bytes(usage.read_bytes().rstrip().rpartition(b"\n")[0] + b"\n")
    with pytest.raises(InputError, match="to continue without its") as stopped:
        refresh(small_copy)
    assert str(stopped.value).startswith(f"{path} is damaged (its sha256 has changed)")
    assert read_pointer(small_copy) == before


def test_the_sensor_sees_a_file_whose_name_is_not_utf_8(small_copy: Settings) -> None:
    before = inputs_state(small_copy)
    Path(os.fsdecode(os.fsencode(small_copy.exports) + b"/caf\xe9.csv")).touch()
    assert inputs_state(small_copy) != before


@pytest.mark.soak  # a refresh more
def test_a_flipped_bit_in_landing_reaches_no_mart(
    small_copy: Settings, small: PublishedHome
) -> None:
    path = flip_a_bit(small_copy)
    said: list[str] = []
    with listening(said.append):
        outcome = refresh(small_copy, full_refresh=True)
    assert any(f"again: {path} is damaged" in line for line in said)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{small.snapshot}' as old (read_only)")
        connection.execute(f"attach '{outcome.pointer.path(small_copy)}' as new (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'old' and schema_name = 'marts'"
        ).fetchall()
        different = [
            table
            for (table,) in tables
            if connection.execute(
                f"(from old.marts.{table} except all from new.marts.{table}) union all "
                f"(from new.marts.{table} except all from old.marts.{table})"
            ).fetchall()
        ]
    assert len(tables) >= 20
    assert different == []
