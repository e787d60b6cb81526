"""A home whose own files are damaged.

A refresh repairs them, or says which one is damaged and what to do.
"""

import os
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.defs.timing import inputs_state
from orchestration.pipeline import transform
from orchestration.pipeline.publish import finish, recover
from orchestration.pipeline.transform import parsed_manifest
from orchestration.platform.errors import InputError
from orchestration.platform.progress import listening
from orchestration.platform.published import damage, is_intact, read_pointer, write_pointer
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
    verdicts = small_copy.home / "verdicts.jsonl"
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


@pytest.mark.parametrize("name", ["var/current.json", "var/snapshots/v000001.json"])
def test_a_folder_in_the_place_of_a_file_is_restored(small_copy: Settings, name: str) -> None:
    before = read_pointer(small_copy)
    path = small_copy.home / name
    path.unlink()
    path.mkdir()
    recover(small_copy)
    assert read_pointer(small_copy) == before
    assert path.is_file()
    assert (small_copy.var / "damaged" / f"{path.name}.1").is_dir()


def test_a_folder_in_the_place_of_the_snapshot_is_damage(small_copy: Settings) -> None:
    pointer = read_pointer(small_copy)
    assert pointer is not None
    path = pointer.path(small_copy)
    path.unlink()
    path.mkdir()
    assert not is_intact(small_copy, pointer)
    assert f"the published snapshot {path} is damaged: run" in (damage(small_copy) or "")
    recover(small_copy)
    restored = read_pointer(small_copy)
    assert restored is not None
    assert is_intact(small_copy, restored)


def test_a_lost_file_of_verdicts_is_said_once_there_was_one(small_copy: Settings) -> None:
    pointer = read_pointer(small_copy)
    assert pointer is not None
    verdicts = small_copy.home / "verdicts.jsonl"
    for generation, content, state in ((1, None, ""), (2, None, "missing"), (2, b"", "empty")):
        write_pointer(small_copy, replace(pointer, generation=generation))
        verdicts.unlink()
        if content is not None:
            verdicts.write_bytes(content)
        said: list[str] = []
        with listening(said.append):
            finish(small_copy)
        found = [line for line in said if line.startswith(f"{verdicts} is {state}: restore")]
        assert len(found) == (1 if state else 0), said
        assert verdicts.stat().st_size


def test_a_damaged_parsed_project_is_parsed_again(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = parsed_manifest(small_copy)

    class Parsed:
        def write(self, path: str) -> None:
            Path(path).write_bytes(content)

    monkeypatch.setattr(transform, "parse", lambda *_: Parsed())
    content = good.read_bytes()
    good.write_bytes(content[: len(content) // 2])
    assert parsed_manifest(small_copy).read_bytes() == content
    good.unlink()
    good.mkdir()
    content += b"\n"
    again = parsed_manifest(small_copy)
    assert again != good
    assert again.read_bytes() == content
    assert parsed_manifest(small_copy) == again


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
