"""One bit flipped in what landed: found, healed or without effect, never other figures."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.soak import proof
from tests.soak.damage import one_bit
from tests.soak.figures import count, draws, note
from tests.soak.forks import ForkServer
from tests.soak.sentences import FAULT
from tests.soak.states import States

pytestmark = pytest.mark.soak

FLIPS = 300
SNAPSHOT_FLIPS = 100


def test_flips_in_landing(server: ForkServer, states: States) -> None:
    """The next build is the one that an unhurt home makes, or a sentence names the file.

    The rows shown to dbt are compared, all of them: whatever else a build holds is made of them.
    """
    rng = draws("flips in landing")
    flips = count("flips", FLIPS)
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(flips):
        # half of them before the first build of the new files, half of them in older files
        home = states.put(rng.choice(("landed", "grown")))
        path = rng.choice(_parquet(home))
        one_bit(path, rng)
        name = path.relative_to(home).as_posix()
        end, found = _built(server, states, path)
        ends[end] += 1
        wrong += [f"flip {number} in {name}: {one}" for one in found]
    note(
        "One bit flipped in landed Parquet",
        tried=flips,
        expected="found or healed or without effect, 0 silently wrong",
        found=", ".join(f"{number} {end}" for end, number in sorted(ends.items()))
        + f"; {len(wrong)} silently wrong or faults",
    )
    assert not wrong, "\n".join(wrong)


def test_flips_in_the_snapshot(server: ForkServer, states: States) -> None:
    """What readers open is the published file, bit by bit, or they get an error."""
    rng = draws("flips in the snapshot")
    flips = count("snapshot_flips", SNAPSHOT_FLIPS)
    missed = []
    for number in range(flips):
        home = states.put("b")
        path = _own(proof.snapshot(home), rng)
        ended = server.command(home, "doctor")
        health = server.call("figures", home, pointer=proof.pointer(home))
        if path.name not in ended.out or ended.code == 0 or health.code == 0:
            missed.append(number)
    note(
        "One bit flipped in the published snapshot",
        tried=flips,
        expected="all found, by doctor and by the dashboard",
        found=f"{flips - len(missed)} found",
    )
    assert missed == []


def _own(path: Path, rng: random.Random) -> Path:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    one_bit(path, rng)
    return path


def _parquet(home: Path) -> list[Path]:
    return sorted((home / "var" / "landing").rglob("*.parquet"))


def _built(server: ForkServer, states: States, path: Path) -> tuple[str, list[str]]:
    """How the next refresh ends up to dbt, as far as it can see the rows."""
    home = states.home
    flipped = proof.sha256(path)
    for step in ("land", "build_anew", "arrival"):
        ended = server.call(step, home)
        if ended.code != 0:
            if not ended.result.get("is_sentence") or FAULT.search(ended.result["error"]):
                return "a fault", [f"{step}: {ended.result.get('error')} {ended.out[-300:]}"]
            if not _names(ended.result["error"], path):
                return "a fault", [f"{step}: no file is named: {ended.result['error'][:300]}"]
            return "found", []
    name = Path("var") / "builds" / "building.duckdb"
    try:
        bad = proof.differing(home / name, states.path("presented") / name, ("raw", "reference"))
    except Exception as error:  # the build shows rows that cannot be read: dbt would fail
        return "a fault", [f"the build cannot be read: {str(error)[:300]}"]
    if bad:
        return "silently wrong", [f"mixed: {', '.join(bad)} show other rows"]
    is_anew = not path.exists() or proof.sha256(path) != flipped
    return ("healed" if is_anew else "without effect"), []


def _names(sentence: str, path: Path) -> bool:
    """Whether a reader finds the file, or the export that it holds."""
    export = path.relative_to(path.parents[len(path.parents) - 1]).parts
    return path.name in sentence or any(part in sentence for part in export if "_" in part)
