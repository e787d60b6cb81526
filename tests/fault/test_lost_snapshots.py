"""A lost or damaged snapshot, pointer or description is reported in one sentence and repaired."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.homes.doctor import examine
from orchestration.pipeline import build
from orchestration.pipeline.build import Candidate, build_path, current_candidate
from orchestration.pipeline.publish import publish, recover, rollback
from orchestration.platform.errors import AuditRefused, SeatshiftError
from orchestration.platform.files import read_json, write_json
from orchestration.platform.progress import listening
from orchestration.platform.published import (
    Pointer,
    generations,
    intact_generations,
    is_intact,
    read_pointer,
)
from orchestration.platform.restore import restore
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.refresh import refresh
from tests.cli_runs import run
from tests.conftest import PublishedHome

SECOND = "2" * 16  # the id of a build that holds the same rows as the first
DAMAGES = {
    "cut": '{"generation": 1, "file": "snapsh',
    "empty": "",
    "no text": "\x00\x01\x02",
    "no object": "[1, 2]",
    "keys missing": '{"generation": 1}',
    "wrong types": '{"generation": "x", "file": 1, "sha256": 1, "build_id": 1, "as_of": 1, '
    '"audit": 1, "published_at": 1}',
}


def _pointer(settings: Settings) -> Pointer:
    pointer = read_pointer(settings)
    assert pointer is not None
    return pointer


def _snapshot(settings: Settings, generation: int) -> Path:
    return settings.snapshots / f"v{generation:06d}.duckdb"


def _lose(settings: Settings, generation: int) -> None:
    _snapshot(settings, generation).unlink()


def _damage(settings: Settings, generation: int) -> None:
    path = _snapshot(settings, generation)
    content = path.read_bytes()
    path.unlink()  # other tests read the same file by another name
    path.write_bytes(content[:5000] + b"damaged" + content[5007:])


def _copy(home: Path, target: Path) -> Settings:
    """The home without its pages for people; databases, which nothing changes, are links."""

    def copy(source: str, copied: str) -> None:
        (os.link if source.endswith(".duckdb") else shutil.copyfile)(source, copied)

    shutil.copytree(home, target, copy_function=copy, ignore=shutil.ignore_patterns("gx"))
    return load_settings(target)


@pytest.fixture
def one(small: PublishedHome, tmp_path: Path) -> Settings:
    """A small home with one generation, to break."""
    return _copy(small.home, tmp_path / "home")


@pytest.fixture(scope="module")
def second(small: PublishedHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = _copy(small.home, tmp_path_factory.mktemp("second") / "home")
    before = _pointer(settings)
    os.link(build_path(settings, before.build_id), build_path(settings, SECOND))
    audit = read_json(settings.builds / f"{before.build_id}.audit.json") or {}
    write_json(settings.builds / f"{SECOND}.audit.json", {**audit, "build_id": SECOND})
    publish(settings, Candidate(build_id=SECOND, as_of=before.as_of_moment))
    return settings.home


@pytest.fixture
def both(second: Path, tmp_path: Path) -> Settings:
    """Two generations, to break; the second is of another build, which holds the same rows."""
    return _copy(second, tmp_path / "home")


@pytest.mark.parametrize("harm", [_lose, _damage])
def test_a_lost_snapshot_is_published_again_from_its_audited_build(
    one: Settings, harm: Callable[[Settings, int], None]
) -> None:
    before = _pointer(one)
    harm(one, 1)
    said: list[str] = []
    with listening(said.append):
        recover(one)
    after = _pointer(one)
    assert (after.generation, after.build_id) == (2, before.build_id)
    assert is_intact(one, after)
    assert "v000001.duckdb is" in said[0]
    # repaired once
    recover(one)
    assert _pointer(one) == after


def test_a_refresh_publishes_a_lost_snapshot_again(one: Settings) -> None:
    _lose(one, 1)
    outcome = refresh(one)
    assert outcome.is_new
    assert outcome.pointer.generation == 2


def test_a_lost_snapshot_without_its_build_is_rebuilt(one: Settings) -> None:
    assert build.start(one) is None
    _lose(one, 1)
    build_path(one, _pointer(one).build_id).unlink()
    recover(one)
    assert _pointer(one).generation == 1
    assert build.start(one) == Candidate(_pointer(one).build_id, _pointer(one).as_of_moment)


def test_a_damaged_build_is_no_source_of_a_lost_snapshot(one: Settings) -> None:
    _lose(one, 1)
    path = build_path(one, _pointer(one).build_id)
    path.unlink()
    path.write_bytes(b"no database")
    recover(one)
    assert _pointer(one).generation == 1
    assert list(one.snapshots.glob("*2*")) == []


def test_what_was_left_because_it_was_lost_is_published_again(both: Settings) -> None:
    _damage(both, 2)
    assert rollback(both).generation == 1
    # the second build was not taken back by a person: nothing keeps a refresh from it
    assert _pointer(both).rolled_back_from is None


def test_a_publication_cut_short_whose_file_is_lost_keeps_nobody_from_rolling_back(
    both: Settings,
) -> None:
    verdicts = both.home / "verdicts.jsonl"
    first = verdicts.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    verdicts.write_text(first, encoding="utf-8")
    _lose(both, 2)
    said: list[str] = []
    with listening(said.append):
        assert rollback(both).generation == 1
    assert said == ["The verdicts of generation 2 are lost with its snapshot."]


def test_what_a_person_took_back_stays_back_whatever_becomes_of_its_file(both: Settings) -> None:
    assert rollback(both).rolled_back_from == SECOND
    _lose(both, 2)
    assert not build._is_known(both, "0" * 16)
    assert build._is_known(both, SECOND)
    _lose(both, 1)
    # published again as it was, and still rolled back
    recover(both)
    pointer = _pointer(both)
    assert (pointer.generation, pointer.rolled_back_from) == (3, SECOND)
    _lose(both, 3)
    with pytest.raises(SeatshiftError, match=r"v000003.duckdb.* rollback, is missing.*none"):
        build._is_known(both, SECOND)


def test_a_rollback_passes_over_damaged_generations_and_names_intact_ones(both: Settings) -> None:
    publish(both, Candidate(SECOND, _pointer(both).as_of_moment))
    _damage(both, 2)
    with pytest.raises(SeatshiftError, match=r"v000002.duckdb is damaged .*\(1, 3\)"):
        rollback(both, 2)
    assert _pointer(both).generation == 3
    assert rollback(both).generation == 1
    _damage(both, 3)
    with pytest.raises(SeatshiftError, match=r"no intact older generation .*intact generations: 1"):
        rollback(both)
    doctor = {finding["what"]: finding for finding in examine(both.home)}
    assert doctor["generations"]["found"].startswith("intact: 1; damaged")


@pytest.mark.parametrize("text", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_pointer_is_one_sentence_and_restored(both: Settings, text: str) -> None:
    both.pointer.write_text(text, encoding="utf-8")
    with pytest.raises(SeatshiftError, match=r"current.json is damaged.*seatshift refresh"):
        read_pointer(both)
    doctor = {finding["what"]: finding for finding in examine(both.home)}
    assert not doctor["snapshot"]["ok"]
    said: list[str] = []
    with listening(said.append):
        restore(both)
    assert _pointer(both).generation == 2
    assert "current.json was damaged; published generation 2" in said[0]
    assert (both.var / "damaged" / "current.json.1").read_text(encoding="utf-8") == text


def test_a_lost_pointer_names_the_latest_intact_generation(both: Settings) -> None:
    both.pointer.unlink()
    _damage(both, 2)
    assert run("status", "--home", both.home).stderr.count("current.json is missing") == 1
    restore(both)
    assert _pointer(both).generation == 1


def test_where_nothing_is_intact_nothing_counts_as_published(both: Settings) -> None:
    candidate = Candidate(SECOND, _pointer(both).as_of_moment)
    both.pointer.write_text("{", encoding="utf-8")
    _damage(both, 1)
    _damage(both, 2)
    restore(both)
    assert read_pointer(both) is None
    assert list(both.snapshots.iterdir()) == []
    # numbers go on: what readers keep in memory is named by them
    assert publish(both, candidate).generation == 3


def test_a_damaged_description_is_written_again_or_set_aside_with_its_snapshot(
    both: Settings,
) -> None:
    (both.snapshots / "v000001.json").write_text("{", encoding="utf-8")
    (both.snapshots / "v000002.json").write_text("{", encoding="utf-8")
    assert generations(both) == []
    said: list[str] = []
    with listening(said.append):
        restore(both)
    assert intact_generations(both) == [2]
    assert "v000001.json is damaged" in said[0] and "v000002.json was damaged" in said[1]
    aside = {path.name for path in (both.var / "damaged").iterdir()}
    assert aside == {"v000001.json.1", "v000001.duckdb.1", "v000002.json.1"}


@pytest.mark.parametrize("text", ["{", "{}", '{"build_id": 1, "as_of": "yesterday"}'])
def test_a_damaged_candidate_is_one_sentence(one: Settings, text: str) -> None:
    (one.builds / "candidate.json").write_text(text, encoding="utf-8")
    with pytest.raises(SeatshiftError, match=r"candidate.json cannot be read.*whole job"):
        current_candidate(one)


@pytest.mark.parametrize("text", ["{", "{}", '{"verdict": "PASS"}'])
def test_a_damaged_audit_is_no_pass(one: Settings, text: str) -> None:
    pointer = _pointer(one)
    audit = one.builds / f"{pointer.build_id}.audit.json"
    if text == '{"verdict": "PASS"}':
        text = json.dumps({"verdict": "PASS", "build_id": pointer.build_id})
    audit.write_text(text, encoding="utf-8")
    with pytest.raises(AuditRefused, match="no passed audit"):
        publish(one, Candidate(pointer.build_id, pointer.as_of_moment))


COMMANDS = (
    ("status",),
    ("status", "--json"),
    ("explain", "acme"),
    ("history",),
    ("whatif", "--set", "charges.work.unit_amount=5"),
    ("solve", "outcome", "--price", "charges.work.unit_amount=1..5"),
    ("backfill", "--months", "1"),
)


def test_commands_over_a_lost_or_damaged_snapshot_are_one_sentence(one: Settings) -> None:
    def each(named: str) -> None:
        for command in COMMANDS:
            done = run(*command, "--home", one.home)
            assert done.returncode == 1, (command, done)
            assert done.stdout == "", command
            said = done.stderr.strip().splitlines()[-1]
            assert named in said and "seatshift refresh" in said, (command, said)
        assert not (one.var / "logs").exists()

    _damage(one, 1)
    each("v000001.duckdb is damaged")
    _lose(one, 1)
    each("v000001.duckdb is missing")
    one.pointer.write_text("{", encoding="utf-8")
    each("current.json is damaged")
