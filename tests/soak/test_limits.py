"""Little memory, few open files, folders that cannot be written: one sentence, nothing harmed."""

import os
import resource
import subprocess
from pathlib import Path

import pytest

from tests.soak import proof
from tests.soak.faults import CALLED
from tests.soak.figures import count, note
from tests.soak.forks import Ended, ForkServer, spawned
from tests.soak.proof import Known
from tests.soak.sentences import ill_ended
from tests.soak.states import States
from tests.soak.test_kills import published

pytestmark = pytest.mark.soak

MIB = 1024 * 1024
# of the whole process; 1.5 GB is what the fault matrix asks for
ADDRESS_SPACES = (1500, 1200, 1000, 800, 600, 400)
# of DuckDB, by settings.toml
MEMORY_LIMITS = (256, 64, 16, 4, 1)
OPEN_FILES = (0, 2, 8)
CLOSED = (
    *("exports/usage_events.csv", "exports", "reference", "settings.toml"),
    *("var/landing", "var/builds", "var/snapshots", "var/current.json", "var"),
)


def test_little_address_space(states: States, known: Known) -> None:
    wrong: list[str] = []
    ends: dict[int, int] = {}
    for limit in ADDRESS_SPACES[: count("limits", len(ADDRESS_SPACES))]:
        home = states.put("grown")
        ended = _limited(home, limit * MIB)
        ends[limit] = ended.code
        wrong += [f"{limit} MiB: {one}" for one in _checked(ended, states, known)]
    note(
        "RLIMIT_AS on a whole refresh, 1.5 GB and less",
        tried=len(ends),
        expected="published whole, or one sentence and the old generation",
        found=f"{len(wrong)} findings",
        exit_codes=ends,
    )
    assert not wrong, "\n".join(wrong)


def test_little_memory_for_duckdb(server: ForkServer, states: States, known: Known) -> None:
    wrong: list[str] = []
    ends: dict[int, int] = {}
    for limit in MEMORY_LIMITS[: count("limits", len(MEMORY_LIMITS))]:
        home = states.put("grown")
        settings = home / "settings.toml"
        with settings.open("a", encoding="utf-8") as file:
            file.write(f"\n[limits]\nmemory_limit_mb = {limit}\n")
        ended = server.command(home, "refresh")
        ends[limit] = ended.code
        found = _checked(ended, states, known)
        if ended.code and "memory" not in ended.out:
            found.append(f"no word about memory: {ended.out[-600:]}")
        wrong += [f"{limit} MB: {one}" for one in found]
    note(
        "limits.memory_limit_mb too small",
        tried=len(ends),
        expected="published whole, or one sentence about memory",
        found=f"{len(wrong)} findings",
        exit_codes=ends,
    )
    assert not wrong, "\n".join(wrong)


def test_few_open_files_in_each_step(server: ForkServer, states: States, known: Known) -> None:
    wrong: list[str] = []
    tried = 0
    for step in CALLED:
        for left in OPEN_FILES[: count("limits", len(OPEN_FILES))]:
            home = states.put("grown")
            fault = {"step": step, "left": left}
            ended = server.command(home, "refresh", faults={"open_files": fault})
            tried += 1
            wrong += [f"{fault}: {one}" for one in _checked(ended, states, known)]
    note(
        "EMFILE: too few open files in each step",
        tried=tried,
        expected="published whole, or one sentence and the old generation",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


def test_folders_that_cannot_be_opened(server: ForkServer, states: States, known: Known) -> None:
    wrong: list[str] = []
    for name in CLOSED:
        home = states.put("grown")
        path = home / name
        mode = path.stat().st_mode
        path.chmod(0)
        ended = server.command(home, "refresh", faults={"ordinary": True})
        found = ill_ended(ended)
        if ended.code == 0:
            found.append("it did not notice")
        elif Path(name).name not in ended.out:
            found.append(f"it does not name the path: {ended.out[-400:]}")
        path.chmod(mode)
        found += proof.unharmed(home, known, states.path("grown"))
        again = server.command(home, "refresh")
        found += (
            published(states, [1, 2]) if again.code == 0 else [f"error: then: {again.out[-400:]}"]
        )
        wrong += [f"{name}: {one}" for one in found]
    note(
        "EACCES: files and folders without permission",
        tried=len(CLOSED),
        expected="one sentence with the path; heals once it can be opened",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


def test_a_disk_that_cannot_be_written(server: ForkServer, states: States, known: Known) -> None:
    """Readers go on where HOME is read-only; a refresh says so."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a home read-only")
    home = states.put("grown")
    bound = subprocess.run(
        f"mount --bind {home} {home} && mount -o remount,ro,bind {home}",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    if bound.returncode != 0:
        subprocess.run(["umount", "-l", str(home)], check=False, capture_output=True)
        pytest.skip(f"nothing can be mounted here: {bound.stderr.strip()}")
    try:
        ended = server.command(home, "refresh")
        wrong = ill_ended(ended)
        if ended.code == 0:
            wrong.append("a refresh of a read-only home ended well")
        for words in (("status",), ("doctor",), ("history",), ("explain", "acme")):
            shown = server.command(home, *words)
            wrong += [f"{words}: {one}" for one in ill_ended(shown)]
            if shown.code != 0 and words != ("doctor",):
                wrong.append(f"{words} needs to write: {shown.out[-400:]}")
        page = server.call("page", home).must().result
        wrong += [*page["broken"], *([] if page["figures"] else ["the page shows nothing"])]
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)
    wrong += proof.unharmed(home, known, states.path("grown"))
    note(
        "EROFS: a home that cannot be written",
        tried=6,
        expected="a refresh says so, everything that only reads works",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


def _checked(ended: Ended, states: States, known: Known) -> list[str]:
    found = [*ill_ended(ended), *proof.unharmed(states.home, known, states.path("grown"))]
    if ended.code == 0:
        found += published(states, [1, 2])
    return found


def _limited(home: Path, limit: int) -> Ended:
    """A refresh in a process of its own with so much address space, from its first import on."""
    return spawned(
        home, "refresh", begin=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    )
