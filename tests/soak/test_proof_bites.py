"""Each proof is seen to fail: a harness that finds nothing in a broken home proves nothing."""

import fcntl
import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import duckdb
import pytest

from tests.soak import proof, remade
from tests.soak.forks import ForkServer
from tests.soak.proof import Known
from tests.soak.states import States
from tests.soak.test_kills import published

pytestmark = pytest.mark.soak

Broken = AbstractContextManager[object] | None


def _pointer(home: Path, **changed: object) -> None:
    entry = {**proof.pointer(home), **changed}
    (home / "var" / "current.json").write_text(json.dumps(entry), encoding="utf-8")


def _half_a_pointer(home: Path) -> Broken:
    path = home / "var" / "current.json"
    path.write_text(path.read_text(encoding="utf-8")[:40], encoding="utf-8")
    return None


def _another_byte(home: Path) -> Broken:
    path = proof.snapshot(home)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)
    return None


def _an_older_generation(home: Path) -> Broken:
    old = json.loads((home / "var" / "snapshots" / "v000001.json").read_text(encoding="utf-8"))
    _pointer(home, **old)
    return None


def _a_mix(home: Path) -> Broken:
    """One table of the new build with a row of another price."""
    return _changed(home, "fct_shadow_bills set amount = amount + 1 where rowid = 0")


def _another_telling(home: Path) -> Broken:
    """What the new build says first is said to be another build's."""
    own = f"told_build_id = '{proof.pointer(home)['build_id']}'"
    return _changed(home, f"fct_verdict_history set told_build_id = '{'0' * 16}' where {own}")


def _changed(home: Path, update: str) -> Broken:
    path = proof.snapshot(home)
    own = path.with_suffix(".own")
    shutil.copyfile(path, own)
    own.chmod(0o644)
    with duckdb.connect(str(own)) as connection:
        assert connection.execute(f"update marts.{update}").fetchone() == (1,)
    own.replace(path)
    _pointer(home, sha256=proof.sha256(path))
    return None


def _an_unknown_build(home: Path) -> Broken:
    _pointer(home, build_id="0" * 16)
    return None


def _a_held_lock(home: Path) -> Broken:
    file = (home / "var" / "refresh.lock").open()
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _a_lost_verdict(home: Path) -> Broken:
    path = home / "verdicts.jsonl"
    path.write_bytes(path.read_bytes()[10:])
    return None


def _a_lost_export(home: Path) -> Broken:
    (home / "exports" / "accounts.more.csv").unlink()
    return None


def _a_lost_part(home: Path) -> Broken:
    """A record that vouches for rows that are not there."""
    record = next((home / "var" / "landing" / "usage_events" / "ledger").glob("*.json"))
    entry = json.loads(record.read_text(encoding="utf-8"))
    entry["parts"].pop()
    record.write_text(json.dumps(entry), encoding="utf-8")
    return None


def _a_second_record(home: Path) -> Broken:
    record = next((home / "var" / "landing" / "usage_events" / "ledger").glob("*.json"))
    shutil.copyfile(record, record.with_name("0123456789abcdef.json"))
    return None


@pytest.mark.parametrize(
    ("hurt", "finding"),
    [
        (_half_a_pointer, "lost: the pointer"),
        (_another_byte, "lost: snapshots"),
        (_an_older_generation, "backwards:"),
        (_a_mix, "mixed: generation"),
        (_another_telling, "mixed: generation"),
        (_an_unknown_build, "mixed: generation"),
        (_a_held_lock, "locked:"),
        (_a_lost_verdict, "lost: verdicts"),
        (_a_lost_export, "lost: exports"),
        (_a_lost_part, "lost: usage_events"),
        (_a_second_record, "doubled:"),
    ],
)
def test_a_broken_home_is_found(
    hurt: Callable[[Path], Broken], finding: str, states: States, known: Known
) -> None:
    home = states.put("b", linked=False)
    assert proof.unharmed(home, known, states.path("b")) == []
    assert published(states, [1, 2]) == []
    with hurt(home) or nullcontext():
        wrong = proof.unharmed(home, known, states.path("b"))
    assert any(one.startswith(finding) for one in wrong), wrong


def test_another_cell_makes_another_table(states: States) -> None:
    one, other = (proof.snapshot(states.path(name)) for name in ("b", "c"))
    bad = proof.differing(one, other)
    assert "marts.fct_shadow_bills" in bad
    assert "marts.dim_accounts" not in bad
    assert proof.differing(one, one) == []


@pytest.mark.parametrize(
    ("update", "finding"),
    [
        ("fct_shadow_bills set amount = amount + 1 where rowid = 0", "mixed: marts.fct_shadow"),
        ("fct_verdict_history set recomputed_sentence = 'x'", "mixed: marts.fct_verdict_history"),
        ("load_ledger set loaded = loaded + 1 where rowid = 0", "mixed: marts.load_ledger"),
        ("fct_verdict_history set telling_count = 4 where segment = 'all'", "lost: the history"),
        ("fct_verdict_history set sentence = 'x' where segment = 'smb'", "lost: the history"),
        ("fct_verdict_history set last_verdict = 'x'", "lost: the history"),
    ],
)
def test_a_rebuilt_build_shows_nothing_else(
    update: str, finding: str, states: States, tmp_path: Path
) -> None:
    before = proof.snapshot(states.path("b"))
    reported = states.path("a") / "verdicts.jsonl"
    assert [*remade.unlike(before, before), *remade.unsaid(before, reported)] == []
    other = tmp_path / "other.duckdb"
    shutil.copyfile(before, other)
    with duckdb.connect(str(other)) as connection:
        connection.execute(f"update marts.{update}")
    wrong = [*remade.unlike(other, before), *remade.unsaid(other, reported)]
    assert len(wrong) == 1
    assert wrong[0].startswith(finding)


def test_files_that_land_later_make_the_same_figures(
    server: ForkServer, states: States, known: Known
) -> None:
    """Only the build's id is another, and all that names the build says so."""
    home = states.put("grown")
    server.command(home, "refresh").must()
    assert proof.pointer(home)["build_id"] != proof.pointer(states.path("b"))["build_id"]
    assert proof.unharmed(home, known, states.path("grown")) == []
    assert published(states, [1, 2]) == []


def test_a_child_dies_at_the_chosen_point(server: ForkServer, states: States) -> None:
    home = states.put("pointed")
    points = server.call("finish", home, count=True).must().result["points"]
    assert any("verdicts.jsonl" in point for point in points)
    place = next(place for place, point in enumerate(points) if "verdicts.jsonl" in point)
    home = states.put("pointed")
    assert server.call("finish", home, count=True, die_at=place).is_killed
    assert proof.reported(home) == [1]
