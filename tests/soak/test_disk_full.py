"""The disk fills up in each step of a refresh: nothing is published, a sentence says why.

Where disks can be mounted it is a small disk in memory that is filled when the step begins, with a
few bytes left or a few more; a limit on the size of files stands for a quota everywhere. Once
there is space again, the next refresh gives what a home gives that was never full.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.soak import proof
from tests.soak.faults import CALLED, FILLER
from tests.soak.figures import count, draws, note
from tests.soak.forks import ForkServer
from tests.soak.proof import Known
from tests.soak.sentences import ill_ended
from tests.soak.states import States
from tests.soak.test_kills import published

pytestmark = pytest.mark.soak

FILLS = 4  # of each step
DISK = "1200m"
# how many bytes are left when the step begins: some steps need kilobytes, some megabytes; what the
# command prints goes to a file as well, which the limit on sizes must leave room for
LEFT = {
    "fill": (0, 4096, 65536, 1 << 20, 8 << 20, 24 << 20),
    "file_size": (1 << 20, 4 << 20, 16 << 20, 32 << 20),
}
# words by which a reader knows what is the matter
SAID = ("space", "disk", "full", "No space left", "too large", "quota", "size")


@pytest.mark.parametrize("kind", ["fill", "file_size"])
def test_disk_full_in_each_step(
    kind: str, server: ForkServer, states: States, known: Known
) -> None:
    rng = draws(f"disk {kind}")
    wrong: list[str] = []
    tried = refused = 0
    for step in CALLED:
        for left in rng.sample(LEFT[kind], min(count("fills", FILLS), len(LEFT[kind]))):
            fault = {"step": step, "left": left}
            if step == "land":
                fault["nth"] = rng.randrange(8)
            with _disk(states, kind) as home:
                ended = server.command(home, "refresh", faults={"no_guard": True, kind: fault})
                tried += 1
                refused += ended.code != 0
                found = [*ill_ended(ended), *proof.unharmed(home, known, states.path("grown"))]
                generation = proof.pointer(home)["generation"]
                # what follows the pointer may fail without taking the publication back
                if ended.code == 0 and generation != 2:
                    found.append("it ended well and published nothing")
                if ended.code != 0 and generation == 2 and step != "finish":
                    found.append("it failed and published nevertheless")
                if ended.code != 0 and not any(word in ended.out for word in SAID):
                    found.append(f"no word about space: {ended.out[-600:]}")
                if ended.code != 0 and str(home) not in ended.out:
                    found.append(f"no path: {ended.out[-600:]}")
                (home / "var" / FILLER).unlink(missing_ok=True)
                again = server.command(home, "refresh")
                if again.code != 0:
                    found.append(f"error: the next refresh failed: {again.out[-800:]}")
                else:
                    found += [*published(states, [1, 2]), *proof.leavings(home)]
            wrong += [f"{fault}: {one}" for one in found]
    note(
        "Disk full in each step" if kind == "fill" else "Limit on the size of files in each step",
        tried=tried,
        expected="old generation stands, one sentence, the next refresh heals",
        found=f"{len(wrong)} findings",
        refused=refused,
    )
    assert not wrong, "\n".join(wrong)


def test_too_little_space_to_begin(server: ForkServer, states: States, known: Known) -> None:
    """A refresh that has too little space for a build does not begin one."""
    with _disk(states, "fill") as home:
        ended = server.command(home, "refresh")
        assert ended.code == 1, ended.out
        assert "GiB free" in ended.out
        assert [*ill_ended(ended), *proof.unharmed(home, known, states.path("grown"))] == []
    note(
        "Too little space for a build",
        tried=1,
        expected="refused before the build, with the bytes needed",
        found="refused, both figures named",
    )


@contextmanager
def _disk(states: States, kind: str) -> Iterator[Path]:
    """The grown home; HOME/var is a small disk of its own where disks are to be filled."""
    home = states.put("grown")
    if kind != "fill":
        yield home
        return
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk; the limit on file sizes is tried anyway")
    var, aside = home / "var", home / "var.aside"
    var.rename(aside)
    var.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(var)]
    mounted = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", str(var)], check=True)
        shutil.rmtree(aside)
        yield home
    finally:
        subprocess.run(["umount", "-l", str(var)], check=True)
