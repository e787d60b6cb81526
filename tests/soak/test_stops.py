"""Ctrl-C and SIGTERM at any moment of a refresh: one sentence, and the old generation stands."""

import signal
import time

import pytest

from tests.soak import proof
from tests.soak.figures import count, draws, note
from tests.soak.forks import ForkServer
from tests.soak.proof import Known
from tests.soak.sentences import FAULT
from tests.soak.states import States
from tests.soak.test_kills import published

pytestmark = pytest.mark.soak

STOPS = 12  # of each signal
SIGNALS = {"SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM}


@pytest.mark.parametrize("name", SIGNALS)
def test_stopped(name: str, server: ForkServer, states: States, known: Known) -> None:
    rng = draws(f"stop {name}")
    home = states.put("grown")
    whole = server.command(home, "refresh").must().seconds
    wrong: list[str] = []
    stops = count("stops", STOPS)
    for number in range(stops):
        home = states.put("grown")
        after = rng.uniform(0.2, whole)
        running = server.start("command", home, words=["refresh", "--home", str(home)])
        time.sleep(after)
        running.kill(SIGNALS[name])
        ended = server.wait(running)
        found = proof.unharmed(home, known, states.path("grown"))
        is_new = proof.pointer(home)["generation"] == 2
        if ended.code not in (0, 128 + SIGNALS[name]):
            found.append(f"it ended with {ended.code}: {ended.out[-400:]}")
        if ended.code == 0 and not is_new:
            found.append("it ended well and published nothing")
        if FAULT.search(ended.out) or (ended.code and "top" not in ended.out):
            found.append(f"it does not say that it was stopped: {ended.out[-400:]}")
        if number % 4 == 0:
            again = server.command(home, "refresh")
            found += (
                published(states, [1, 2])
                if again.code == 0
                else [f"error: the next refresh failed: {again.out[-400:]}"]
            )
        wrong += [f"{name} after {after:.2f} s: {one}" for one in found]
    note(
        f"{name} during a refresh",
        tried=stops,
        expected="one sentence, exit code of the signal, old generation stands",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)
