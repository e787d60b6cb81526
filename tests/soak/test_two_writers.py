"""Two refreshes at once: one works, the other ends as busy; no lock outlives its process."""

import time
from pathlib import Path

import pytest

from tests.soak import proof
from tests.soak.figures import count, draws, note, percentile
from tests.soak.forks import ForkServer
from tests.soak.proof import Known
from tests.soak.sentences import ill_ended
from tests.soak.states import States

pytestmark = pytest.mark.soak

RACES = 100
BUSY = 5


def test_races_for_the_lock(
    server: ForkServer, states: States, known: Known, tmp_path: Path
) -> None:
    """Both begin at the same moment; the winner is killed in every second race."""
    rng = draws("races")
    home = states.put("b")
    races = count("races", RACES)
    wrong: list[str] = []
    waits: list[float] = []
    for number in range(races):
        folder = tmp_path / str(number)
        folder.mkdir()
        at = time.time() + 0.3
        two = {
            name: server.start("race", home, at=at, folder=str(folder), name=name)
            for name in ("x", "y")
        }
        winner = two.pop(_winner(folder, ("x", "y")))
        loser = server.wait(next(iter(two.values())))
        if number % 2 == 0:
            time.sleep(rng.uniform(0, 0.05))
            winner.kill()
        else:
            (folder / "enough").touch()
        ended = server.wait(winner)
        if ended.code != 0 and not ended.is_killed:
            wrong.append(f"race {number}: the winner ended with {ended.code} {ended.out[-300:]}")
        if loser.code != BUSY or not loser.result.get("is_sentence"):
            wrong.append(f"race {number}: the loser ended with {loser.code} {loser.result}")
        waits.append(float(loser.result.get("seconds", 0)))
        after = server.call("finish", home)
        if after.code != 0:
            wrong.append(f"race {number}: then nobody gets the lock: {after.result}")
    wrong += proof.unharmed(home, known, states.path("b"))
    note(
        "Two writers race for a home",
        tried=races,
        expected="1 winner, the other is turned away, no lock left by a dead process",
        found=f"{len(wrong)} findings",
        loser_seconds_p99=round(percentile(waits, 0.99), 2),
    )
    assert not wrong, "\n".join(wrong)


def test_two_whole_refreshes(server: ForkServer, states: States, known: Known) -> None:
    home = states.put("grown")
    first = server.start("command", home, words=["refresh", "--home", str(home)])
    time.sleep(1)
    second = server.command(home, "refresh")
    ended = server.wait(first)
    wrong = [*ill_ended(ended), *ill_ended(second)]
    assert (ended.code, second.code) == (0, BUSY), (ended.out, second.out)
    wrong += proof.unharmed(home, known, states.path("grown"))
    note(
        "Two whole refreshes at once",
        tried=1,
        expected="one publishes, the other ends as busy",
        found=f"{len(wrong)} findings",
        busy_after_seconds=round(second.seconds, 1),
    )
    assert not wrong, "\n".join(wrong)


def _winner(folder: Path, names: tuple[str, ...]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for name in names:
            if (folder / name).exists():
                return name
        time.sleep(0.002)
    raise AssertionError("nobody got the lock")
