"""Damaged landed files and ledgers: repaired from the exports, or reported; never read."""

import json
import os
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest import intact
from orchestration.ingest.check import check_home
from orchestration.ingest.land import land_export, resolve
from orchestration.ingest.ledger import FileRecord, read_all, read_records, write_record
from orchestration.ingest.present import input_fingerprint
from orchestration.ingest.specs import EXPORTS
from orchestration.ingest.vanished import vanished
from orchestration.platform.errors import InputError
from orchestration.platform.files import sha256_of
from orchestration.platform.progress import listening
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.warehouse import open_memory
from tests.ingest.homes import build, make_home, write
from tests.ingest.homes import load as load_all

pytestmark = pytest.mark.slow

USAGE = "event_id,account_id,occurred_at,meter,quantity,recorded_at\n"
OTHER = USAGE + "u500,a1,2025-01-02,calls,1,\n"
Damage = Callable[[Path], None]


def content(path: Path, value: bytes) -> None:
    path.write_bytes(value)


def emptied(path: Path) -> None:
    content(path, b"")


def cut(path: Path) -> None:
    content(path, path.read_bytes()[: path.stat().st_size // 2])


def noise(path: Path) -> None:
    content(path, bytes(range(256)))


def bare_number(path: Path) -> None:
    content(path, b"17")


def nested(path: Path) -> None:
    content(path, b"[" * 200_000)


def other_object(path: Path) -> None:
    content(path, b'{"file_id": "elsewhere"}')


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def gone(path: Path) -> None:
    path.unlink()


DAMAGES = (emptied, cut, noise, bare_number, nested, other_object, folder_instead)
FEW = (cut, noise, folder_instead)


def flipped(path: Path, seed: int) -> None:
    """One bit of the file is another; its times stay as they were."""
    status = path.stat()
    held = bytearray(path.read_bytes())
    place = random.Random(seed).randrange(len(held) * 8)
    held[place // 8] ^= 1 << place % 8
    path.write_bytes(held)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def files_below(settings: Settings, pattern: str) -> list[Path]:
    found = sorted(settings.landing.glob(pattern))
    assert found, pattern
    return found


def rows_of(settings: Settings) -> dict[str, Any]:
    """Everything that a build would read of landing."""
    report = resolve(settings, require_usable=False)
    found: dict[str, Any] = {"files": report.files, "latest_at": report.latest_at}
    with open_memory(settings) as connection:
        for record in read_all(settings):
            for name in record.files:
                path = record_file(settings, record, name)
                found[f"{record.export}/{name}"] = connection.execute(
                    f"select * from read_parquet('{path}') order by all"
                ).fetchall()
        for name in EXPORTS:
            if (fates := report.fates(name)) is not None:
                found[f"fates of {name}"] = connection.execute(
                    f"select * from read_parquet('{fates}') order by all"
                ).fetchall()
    return found


def record_file(settings: Settings, record: FileRecord, name: str) -> Path:
    return settings.landing / record.export / name


def load(settings: Settings, export: str = "usage_events") -> None:
    """Land one export and settle everything."""
    land_export(settings, export)
    resolve(settings)


def said_while(step: Callable[[], object]) -> list[str]:
    said: list[str] = []
    with listening(said.append):
        step()
    return said


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with rows of several months, held ones, duplicates and revisions."""
    rows = [f"u{n},a{n % 2 + 1},2025-{n % 4 + 1:02d}-05,calls,{n},\n" for n in range(60)]
    rows += ["u7,a2,2025-04-05,calls,7,\n", "u8,a1,2025-01-05,calls,9,2025-02-01\n"]
    rows += ["u90,zz,2025-01-05,calls,1,\n", "u91,a1,2025-01-40,calls,1,\n", "u92,a1\n"]
    home = tmp_path_factory.mktemp("landed") / "home"
    load_all(make_home(home, exports__usage_events_csv=USAGE + "".join(rows)))
    return home


@pytest.fixture
def home(landed: Path, tmp_path: Path) -> Settings:
    """A copy of it, to break."""
    shutil.copytree(landed, tmp_path / "home")
    return load_settings(tmp_path / "home")


@pytest.fixture(scope="module")
def whole(landed: Path) -> dict[str, Any]:
    return rows_of(load_settings(landed))


def hold_flips(settings: Settings, whole: dict[str, Any], seeds: range) -> None:
    for seed in seeds:
        files = files_below(settings, "**/*.parquet")
        path = files[seed % len(files)]
        flipped(path, seed)
        export = path.relative_to(settings.landing).parts[0]
        step = partial(load, settings, *([export] if export in EXPORTS else []))
        said = said_while(step)
        assert any(line.endswith("has changed)") or "settling all" in line for line in said), path
        assert rows_of(settings) == whole, f"seed {seed}, {path}"


def test_a_bit_that_flips_in_landed_parquet_changes_no_row(
    home: Settings, whole: dict[str, Any]
) -> None:
    hold_flips(home, whole, range(40))


@pytest.mark.soak
def test_three_hundred_bits_that_flip_in_landed_parquet_change_no_row(
    home: Settings, whole: dict[str, Any]
) -> None:
    hold_flips(home, whole, range(1000, 1300))


@pytest.mark.parametrize("damage", [gone, emptied, cut, folder_instead])
@pytest.mark.parametrize("pattern", ["usage_events/month=2025-02/*", "usage_events/quarantine/*"])
def test_a_landed_file_that_is_gone_or_cut_is_landed_again(
    home: Settings, whole: dict[str, Any], pattern: str, damage: Damage
) -> None:
    (path,) = files_below(home, pattern)
    damage(path)
    said = said_while(lambda: load(home))
    assert [line for line in said if line.startswith("landing ")] == [
        f"landing usage_events.csv again: {path} "
        + ("is missing" if damage is gone else said[0].partition(".parquet ")[2])
    ]
    assert rows_of(home) == whole
    assert said_while(lambda: load(home)) == []


def test_damage_is_noticed_by_readers_that_do_not_land_first(home: Settings) -> None:
    flipped(files_below(home, "usage_events/month=2025-02/*")[0], 3)
    with pytest.raises(InputError, match=r"usage_events\.parquet is damaged .*seatshift refresh"):
        resolve(home)


def test_a_refresh_reads_each_landed_file_once_for_its_sha256(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(path: Path) -> str:
        read.append(path)
        return sha256_of(path)

    monkeypatch.setattr("orchestration.ingest.intact.sha256_of", counted)
    load_all(home)
    resolve(home)
    assert sorted(read) == files_below(home, "**/*.parquet")


def test_the_build_id_is_of_the_content_that_was_landed(home: Settings) -> None:
    before = input_fingerprint(home)
    (place,) = files_below(home, "usage_events/ledger/*.json")
    (record,) = read_records(home, "usage_events")
    write_record(home, replace(record, sha256=dict.fromkeys(record.sha256, "0" * 64)))
    assert place.is_file()
    assert input_fingerprint(home) != before


def test_damage_whose_export_is_gone_is_named_and_repaired_from_the_export(
    home: Settings, whole: dict[str, Any]
) -> None:
    path = files_below(home, "usage_events/month=2025-02/*")[0]
    export = home.exports / "usage_events.csv"
    (record,) = read_records(home, "usage_events")
    flipped(path, 5)
    content = export.read_bytes()
    write(export, OTHER)
    for _ in range(2):
        with pytest.raises(InputError) as stopped:
            load(home)
        sentence = str(stopped.value)
        assert sentence.startswith(f"{path} is damaged (its sha256 has changed)")
        assert f"usage_events.csv as it was landed ({len(content):,} bytes" in sentence
        assert f"starts with {record.content_id}" in sentence
        assert "to continue without its 65 rows" in sentence
        assert str(home.landing / "usage_events" / "ledger" / f"{record.file_id}.*") in sentence
    # what else arrived is landed, and what is not damaged stays
    assert len(read_records(home, "usage_events")) == 2
    assert check_home(home).problems == [sentence]
    assert vanished(home) == []
    write(home.exports / "usage_events" / "found.csv", content)
    load(home)
    assert check_home(home).problems == []
    found = rows_of(home)
    assert {name: found[name] for name in whole if "month=" in name} == {
        name: rows for name, rows in whole.items() if "month=" in name
    }


def test_damaged_rows_can_be_given_up_and_that_is_said(home: Settings) -> None:
    write(home.exports / "usage_events.csv", OTHER)
    (record,) = read_records(home, "usage_events")
    flipped(files_below(home, "usage_events/month=2025-02/*")[0], 5)
    (home.exports / "usage_events.csv").rename(home.exports / "usage_events.jsonl.gone")
    write(home.exports / "usage_events" / "other.csv", OTHER)
    with pytest.raises(InputError, match="to continue without"):
        load(home)
    for path in (home.landing / "usage_events" / "ledger").glob(f"{record.file_id}.*"):
        path.unlink()
    said = said_while(lambda: load(home))
    assert (
        "61 rows of usage_events.csv are no longer loaded: "
        "its record is gone from the ledger of usage_events"
    ) in said
    assert build(home).rows("select event_id from raw.usage_events") == [("u500",)]


def test_a_file_that_is_landed_again_does_not_become_the_later_version(tmp_path: Path) -> None:
    settings = make_home(tmp_path, exports__usage_events_csv=None)
    folder = settings.exports / "usage_events"
    write(folder / "first.csv", USAGE + "u1,a1,2025-01-05,calls,1,\n")
    load_all(settings)
    write(folder / "second.csv", USAGE + "u1,a1,2025-01-05,calls,2,\n")
    before = build(settings).rows("select * from raw.usage_events order by all")
    assert len(before) == 2
    first, second = read_records(settings, "usage_events")
    times = [first.landed_at, second.landed_at]
    flipped(record_file(settings, first, first.parts[0]), 1)
    assert build(settings).rows("select * from raw.usage_events order by all") == before
    # neither where its record and the copy cannot be read
    for path in (settings.landing / "usage_events" / "ledger").glob(f"{first.file_id}.*"):
        cut(path)
    assert build(settings).rows("select * from raw.usage_events order by all") == before
    assert [one.landed_at for one in read_records(settings, "usage_events")] == times
    # nor where an earlier version wrote both
    made_by_an_earlier_version(settings, "usage_events")
    cut(settings.landing / "usage_events" / "ledger" / f"{first.file_id}.json")
    assert build(settings).rows("select * from raw.usage_events order by all") == before
    assert [one.landed_at for one in read_records(settings, "usage_events")] == times


@pytest.mark.parametrize(
    ("kinds", "damage"),
    [
        *((("json",), damage) for damage in (*DAMAGES, gone)),
        *((("copy",), damage) for damage in (*FEW, gone)),
        # where both are gone the file never landed
        *((("json", "copy"), damage) for damage in FEW),
    ],
)
def test_a_ledger_record_that_cannot_be_read_is_put_aside_and_repaired(
    home: Settings, whole: dict[str, Any], kinds: tuple[str, ...], damage: Damage
) -> None:
    before = read_records(home, "usage_events")
    ledger = home.landing / "usage_events" / "ledger"
    for kind in kinds:
        damage(next(ledger.glob(f"*.{kind}")))
    said = said_while(lambda: load(home))
    assert rows_of(home) == whole
    (after,) = read_records(home, "usage_events")
    assert replace(after, sha256=before[0].sha256) == before[0]
    assert len(list(ledger.glob("*.damaged-1"))) == (0 if damage is gone else len(kinds))
    if (damage, kinds) != (gone, ("copy",)):
        name = f"{before[0].file_id}.{kinds[0]}"
        assert any(name in line and (" is damaged" in line or "missing" in line) for line in said)
    assert said_while(lambda: load(home)) == []


def test_a_record_that_is_lost_with_its_copy_and_its_export_stops_the_refresh(
    home: Settings,
) -> None:
    ledger = home.landing / "usage_events" / "ledger"
    for path in ledger.iterdir():
        cut(path)
    write(home.exports / "usage_events.csv", OTHER)
    for _ in range(2):
        with pytest.raises(InputError, match=r"not a complete ledger record\), and its .* delete"):
            load(home)
    assert len(check_home(home).problems) == 1
    with pytest.raises(InputError, match="seatshift refresh"):
        resolve(home)


def test_a_stray_file_in_the_ledger_is_put_aside(home: Settings, whole: dict[str, Any]) -> None:
    stray = home.landing / "usage_events" / "ledger" / "notes.json"
    write(stray, "remember the milk")
    said = said_while(lambda: load(home))
    assert said == [
        f"{stray} is damaged (it has no landed rows); the damaged file is now notes.json.damaged-1"
    ]
    assert not stray.exists()
    assert rows_of(home) == whole


def test_a_bit_that_flips_in_a_record_changes_nothing(
    home: Settings, whole: dict[str, Any]
) -> None:
    (place,) = files_below(home, "usage_events/ledger/*.json")
    before = read_records(home, "usage_events")
    held = place.read_bytes()
    for seed in range(200):
        flipped(place, seed)
        assert read_records(home, "usage_events") == before
        place.write_bytes(held)
    flipped(place, 1)
    load(home)
    assert rows_of(home) == whole


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_list_of_present_files_that_cannot_be_read_is_written_again(
    home: Settings, damage: Damage
) -> None:
    place = home.landing / "usage_events" / "present.json"
    before = place.read_bytes()
    damage(place)
    with pytest.raises(InputError, match=r"present\.json is damaged; run `seatshift refresh`"):
        resolve(home)
    said = said_while(lambda: load(home))
    assert said == [
        f"{place} is damaged (writing it again); the damaged file is now present.json.damaged-1"
    ]
    assert place.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *(("state.json", damage) for damage in (*DAMAGES, gone)),
        *(("usage_events.parquet", damage) for damage in (*FEW, gone)),
        *(("times.parquet", damage) for damage in (cut, gone)),
        *(("known_accounts.parquet", damage) for damage in (cut, gone)),
    ],
)
def test_what_was_settled_is_settled_again_where_it_is_damaged(
    home: Settings, whole: dict[str, Any], name: str, damage: Damage
) -> None:
    (path,) = files_below(home, f"resolved/*/{name}")
    damage(path)
    said = said_while(lambda: resolve(home))
    assert rows_of(home) == whole
    is_silent = name == "state.json" and damage in (gone, folder_instead, other_object)
    assert any(str(path) in line for line in said) != is_silent
    assert said[-1] == "settling duplicates, revisions and conflicts"


def test_what_was_settled_is_no_ground_for_a_new_file_where_it_is_damaged(
    home: Settings,
) -> None:
    write(home.exports / "usage_events" / "other.csv", USAGE + "u1,a1,2025-01-05,calls,1,\n")
    land_export(home, "usage_events")
    (path,) = files_below(home, "resolved/*/usage_events.parquet")
    flipped(path, 7)
    found = rows_of(home)
    shutil.rmtree(home.landing / "resolved")
    assert rows_of(home) == found


def test_a_stray_file_among_what_was_settled_does_no_harm(home: Settings) -> None:
    write(home.landing / "resolved" / ".DS_Store", b"\0")
    write(home.exports / "usage_events" / "other.csv", OTHER)
    load(home)
    assert len(files_below(home, "resolved/*")) == 1


@pytest.mark.parametrize("state", [{"counts": 5}, {"counts": [5]}, {"rules": "2"}])
def test_a_state_of_another_shape_is_settled_again(
    home: Settings, whole: dict[str, Any], state: dict[str, Any]
) -> None:
    write(files_below(home, "resolved/*/state.json")[0], json.dumps(state))
    flipped(files_below(home, "usage_events/month=2025-02/*")[0], 3)
    load(home)
    assert rows_of(home) == whole


def made_by_an_earlier_version(settings: Settings, export: str = "*") -> None:
    """Records without sha256, checksum and copy, and a state without either."""
    for path in files_below(settings, f"{export}/ledger/*.json"):
        record = json.loads(path.read_bytes())
        del record["sha256"], record["checksum"]
        path.write_text(json.dumps(record, indent=1), encoding="utf-8")
        path.with_suffix(".copy").unlink()
    for path in files_below(settings, "resolved/*/state.json"):
        state = json.loads(path.read_bytes())
        del state["sha256"], state["checksum"]
        state["names"] = [name.rpartition("/")[0] for name in state["names"]]
        path.write_text(json.dumps(state), encoding="utf-8")


def test_a_home_of_an_earlier_version_keeps_its_rows_and_gains_hashes(
    home: Settings, whole: dict[str, Any]
) -> None:
    made_by_an_earlier_version(home)
    # damage from before the upgrade goes with it
    flipped(files_below(home, "usage_events/month=2025-02/*")[0], 11)
    with pytest.raises(InputError, match="which wrote no sha256; run `seatshift refresh`"):
        resolve(home)
    said = said_while(lambda: load_all(home))
    assert sum("which wrote no sha256" in line for line in said) == len(read_all(home)) == 4
    assert rows_of(home) == whole
    assert all(intact.has_hashes(record) for record in read_all(home))
    assert said_while(lambda: load(home)) == []


def test_rows_of_an_earlier_version_whose_export_is_gone_are_taken_as_they_stand(
    home: Settings, whole: dict[str, Any]
) -> None:
    made_by_an_earlier_version(home, "usage_events")
    write(home.exports / "usage_events.csv", OTHER)
    assert [one.rows for one in check_home(home).vanished] == [61]
    said = said_while(lambda: load(home))
    assert any(
        line.startswith("usage_events: the rows of usage_events.csv are no longer in the exports")
        for line in said
    )
    found = rows_of(home)
    assert all(found[name] == whole[name] for name in whole if "month=" in name)
    flipped(files_below(home, "usage_events/month=2025-02/*")[0], 5)
    with pytest.raises(InputError, match="is damaged"):
        load(home)


@pytest.mark.parametrize("damage", [gone, emptied, cut, noise])
def test_rows_of_an_earlier_version_that_cannot_be_read_are_named(
    home: Settings, damage: Damage
) -> None:
    made_by_an_earlier_version(home, "usage_events")
    write(home.exports / "usage_events.csv", OTHER)
    path = files_below(home, "usage_events/month=2025-02/*")[0]
    damage(path)
    assert check_home(home).vanished == []
    for _ in range(2):
        with pytest.raises(InputError, match="to continue without its 65 rows") as stopped:
            load(home)
        assert str(stopped.value).startswith(f"{path} is ")


def test_rows_of_an_earlier_version_that_lack_some_are_named(home: Settings) -> None:
    made_by_an_earlier_version(home, "usage_events")
    write(home.exports / "usage_events.csv", OTHER)
    first, second = files_below(home, "usage_events/month=2025-0[12]/*")
    shutil.copyfile(first, second)
    with pytest.raises(InputError, match="does not contain the rows that its record counts"):
        load(home)


def test_an_export_whose_name_is_not_utf_8_is_refused_and_the_others_load(
    home: Settings, whole: dict[str, Any]
) -> None:
    folder = home.exports / "usage_events"
    folder.mkdir()
    path = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv"))
    write(path, OTHER)
    (refused,) = said_while(lambda: load(home))[:1]
    sentence = refused.removeprefix("rejected: ")
    assert re.fullmatch(r"usage_events/caf\\[a-z0-9]+\.csv has .* name.* rename .*\.", sentence)
    # a second refresh says it again; nobody stumbles over the name
    (still,) = said_while(lambda: load(home))
    assert still.startswith("no row of usage_events/caf\\") and still.endswith(sentence)
    found = rows_of(home)
    assert all(found[name] == whole[name] for name in whole if "month=" in name)
    refusals = build(home).rows("select refused_reason from raw.load_ledger where not loaded")
    assert (sentence,) in refusals
    assert sentence in [entry.refused_reason for entry in check_home(home).files]
    path.rename(folder / "cafe.csv")
    load(home)
    assert ("u500",) in build(home).rows("select event_id from raw.usage_events")
