"""Readers while publications follow each other: no error, no mix of generations, no step back."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.soak import proof
from tests.soak.figures import count, draws, note, percentile
from tests.soak.forks import ForkServer
from tests.soak.states import States

pytestmark = pytest.mark.soak

PUBLICATIONS = 200
READS = 10_000
READERS = 4
# reads while nobody publishes, to compare with
QUIET_READS = 400
KEPT = 7


def test_readers_over_publications(server: ForkServer, states: States, tmp_path: Path) -> None:
    rng = draws("publications")
    times, reads = count("publications", PUBLICATIONS), count("reads", READS)
    home = states.put("c")
    builds, known = _builds(server, states)
    quiet = _read(server, home, known, tmp_path / "quiet", rng.random(), QUIET_READS, [], 0)
    loud = _read(server, home, known, tmp_path / "loud", rng.random(), reads, builds, times)
    published = {int(number): build for number, build in loud["published"].items()}
    wrong = [*quiet["wrong"], *loud["wrong"]]
    # readers may miss a generation, but never see one that was not published
    first = proof.pointer(states.path("c"))
    published[first["generation"]] = first["build_id"]
    for number, build in loud["seen"]:
        if published.get(int(number)) != build:
            wrong.append(f"mixed: generation {number} was never build {build}")
    seconds = loud["seconds"]
    note(
        f"{times} publications of {len(builds)} differing builds, {READERS} processes reading",
        tried=len(seconds),
        expected="0 errors, 0 mixed, 0 backwards",
        found=", ".join(
            f"{sum(f'{kind}:' in one for one in wrong)} {kind}{'s' * (kind == 'error')}"
            for kind in ("error", "mixed", "backwards")
        ),
        publications=len(loud["published"]),
        generations_seen=len({number for number, _ in loud["seen"]}),
        read_p50_ms=round(1000 * percentile(seconds, 0.5)),
        read_p99_ms=round(1000 * percentile(seconds, 0.99)),
        quiet_p50_ms=round(1000 * percentile(quiet["seconds"], 0.5)),
        quiet_p99_ms=round(1000 * percentile(quiet["seconds"], 0.99)),
        publish_p50_ms=round(1000 * percentile(loud["publishing"], 0.5)),
    )
    assert not wrong, "\n".join(wrong)
    assert len(seconds) >= reads
    assert len(loud["published"]) == times
    last = proof.pointer(home)
    assert last["generation"] == first["generation"] + times
    assert len(list((home / "var" / "snapshots").glob("v*.duckdb"))) == min(KEPT, times + 3)
    assert sorted(proof.reported(home)) == list(range(1, last["generation"] + 1))


def _builds(server: ForkServer, states: States) -> tuple[list[list[str]], dict[str, Any]]:
    """The audited builds in the home, all three, and what each says of itself."""
    builds, known = [], {}
    for name in ("a", "b", "c"):
        pointer = proof.pointer(states.path(name))
        for kind in (".duckdb", ".audit.json"):
            file = Path("var") / "builds" / f"{pointer['build_id']}{kind}"
            if not (states.home / file).exists():
                shutil.copy2(states.path(name) / file, states.home / file)
        builds.append([pointer["build_id"], pointer["as_of"]])
        known[pointer["build_id"]] = (
            server.call("figures", states.path(name), pointer=pointer).must().result
        )
    for question in known[builds[0][0]]:
        assert len({known[build][question] for build, _ in builds}) > 1, question
    return builds, known


def _read(
    server: ForkServer,
    home: Path,
    known: dict[str, Any],
    folder: Path,
    seed: float,
    reads: int,
    builds: list[list[str]],
    times: int,
) -> dict[str, Any]:
    """Readers at work until they had their reads; with a publisher where there are builds."""
    folder.mkdir()
    readers = [
        server.start(
            "read", home, name=f"r{number}", folder=str(folder), known=known, seed=f"{seed}{number}"
        )
        for number in range(READERS)
    ]
    publishing: dict[str, Any] = {"published": {}, "seconds": []}
    if builds:
        args = {"builds": builds, "times": times, "reads_each": reads // times}
        publishing = server.call("publish_often", home, folder=str(folder), **args).must().result
    server.call("reads_done", home, folder=str(folder), reads=reads).must()
    (folder / "stop").touch()
    ended = [server.wait(reader).must().result for reader in readers]
    return {
        "wrong": [one for result in ended for one in result["wrong"]],
        "seconds": [one for result in ended for one in result["seconds"]],
        "seen": {(number, build) for result in ended for number, build in result["seen"].items()},
        "published": publishing["published"],
        "publishing": publishing["seconds"],
    }
