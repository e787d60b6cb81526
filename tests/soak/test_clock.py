"""The clock set back, forward, or moved while a refresh runs: the same figures, or a refusal.

libfaketime shows another clock to a process of its own; without it the tests are skipped.
"""

import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from tests.soak import proof
from tests.soak.figures import count, draws, note
from tests.soak.forks import Ended, spawned
from tests.soak.proof import Known
from tests.soak.sentences import ill_ended
from tests.soak.states import States
from tests.soak.test_kills import published

pytestmark = pytest.mark.soak
needs_faketime = pytest.mark.skipif(
    shutil.which("faketime") is None,
    reason="faketime is not installed (Debian packages faketime and libfaketime)",
)

SHIFTS = ("-1d", "-365d", "+1d", "+365d", "-40y")
MOVES = ("-1d", "+1d")


@needs_faketime
@pytest.mark.parametrize("shift", SHIFTS[: count("shifts", len(SHIFTS))])
def test_the_clock_stands_elsewhere(shift: str, states: States, known: Known) -> None:
    """Refused with a sentence, or the figures of a home whose clock was right."""
    home = states.put("grown")
    ended = _refreshed(home, {"FAKETIME": shift})
    wrong = [*ill_ended(ended), *proof.unharmed(home, known, states.path("grown"))]
    if ended.code == 0:
        wrong += published(states, [1, 2])
    elif "clock" not in ended.out:
        wrong.append(f"refused without a word about the clock: {ended.out[-400:]}")
    again = _refreshed(home, {})
    wrong += [f"then: {one}" for one in ill_ended(again)]
    wrong += published(states, [1, 2]) if again.code == 0 else [f"then: {again.out[-400:]}"]
    note(
        f"Clock set to {shift}",
        tried=1,
        expected="refused, or the same figures",
        found=f"{'refused' if ended.code else 'published'}; {len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


@needs_faketime
@pytest.mark.parametrize("move", MOVES[: count("shifts", len(MOVES))])
def test_the_clock_moves_during_a_refresh(
    move: str, states: States, known: Known, tmp_path: Path
) -> None:
    rng = draws(f"clock {move}")
    home = states.put("grown")
    file = tmp_path / "now"
    file.write_text("+0\n", encoding="utf-8")
    mover = threading.Timer(rng.uniform(10, 40), lambda: file.write_text(f"{move}\n"))
    mover.start()
    try:
        ended = _refreshed(home, {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"})
    finally:
        mover.cancel()
    wrong = [*ill_ended(ended), *proof.unharmed(home, known, states.path("grown"))]
    if ended.code == 0:
        wrong += published(states, [1, 2])
    elif "clock" not in ended.out:
        wrong.append(f"refused without a word about the clock: {ended.out[-400:]}")
    note(
        f"Clock moved by {move} during a refresh",
        tried=1,
        expected="refused, or the same figures",
        found=f"{'refused' if ended.code else 'published'}; {len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def test_the_process_lives_in_another_zone(zone: str, states: States, known: Known) -> None:
    home = states.put("grown")
    ended = _refreshed(home, {"TZ": zone})
    assert ended.code == 0, ended.out[-600:]
    wrong = [*proof.unharmed(home, known, states.path("grown")), *published(states, [1, 2])]
    note(
        f"TZ={zone}",
        tried=1,
        expected="the same figures",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


def _refreshed(home: Path, clock: dict[str, str]) -> Ended:
    """A refresh whose clock is moved; the clock that measures durations is left alone."""
    if any(name.startswith("FAKETIME") for name in clock):
        clock = {"LD_PRELOAD": _library(), "FAKETIME_DONT_FAKE_MONOTONIC": "1", **clock}
    return spawned(home, "refresh", environment=clock)


def _library() -> str:
    """Where the distribution keeps libfaketime for programs with threads."""
    shown = subprocess.run(
        ["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"],
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout.strip()
