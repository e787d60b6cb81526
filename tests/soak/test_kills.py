"""A process killed at any moment of a refresh: nothing lost, nothing mixed, nothing goes backwards.

Every change of a file that a step makes is a moment to die before; random moments of the step come
on top, and every third of those kills the first attempt to heal, too. After each kill the home is
proved whole by code of its own, then healed as far as the step itself reaches; after some a whole
refresh follows, and its tables must equal those of a home that nobody killed.
"""

import random
import statistics
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.soak import proof
from tests.soak.figures import count, draws, note
from tests.soak.forks import Ended, ForkServer
from tests.soak.proof import Known
from tests.soak.states import BEGINS, States

pytestmark = pytest.mark.soak

KILLS = 600
# whole refreshes after the kills of a step
HEALS = 4
# step -> share of the kills, and the steps of the fault matrix that it is
SHARES = {
    "land": (0.20, "discover, copy to landing, verify, register"),
    "inputs": (0.15, "settle rows, show them to a build"),
    "arrival": (0.08, "audit of what arrived"),
    "models": (0.10, "staging, seat ledger, rating, marts (dbt)"),
    "audit": (0.10, "audit of what was built"),
    "publish": (0.22, "checkpoint, close, rename snapshot, rename pointer"),
    "finish": (0.05, "write verdicts down, clean up"),
    "refresh": (0.10, "the whole command"),
}
# steps from which on a build can be shown to be the right one without dbt
EARLY = ("land", "inputs", "arrival", "models", "refresh")


@dataclass
class Counted:
    """What became of the kills of one step."""

    kills: int = 0
    again: int = 0
    heals: int = 0
    wrong: list[str] = field(default_factory=list)
    heal_seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Death:
    """Before the n-th change of a file, or after a time; seconds."""

    at: int | None = None
    after: float | None = None
    label: str = ""


@pytest.mark.parametrize("step", SHARES)
def test_killed(step: str, server: ForkServer, states: States, known: Known) -> None:
    rng = draws(f"kill {step}")
    seconds, points = _measured(server, states, step)
    share, steps = SHARES[step]
    deaths = _plan(rng, max(round(count("kills", KILLS) * share), 2), seconds, points)
    heals = count("heals", HEALS)
    whole = set(rng.sample(range(len(deaths)), min(heals, len(deaths))))
    counted = Counted()
    for number, death in enumerate(deaths):
        _kill(server, states, step, death, counted)
        _prove(states, known, step, death, counted)
        if death.after is not None and number % 3 == 0:
            _kill_the_healing(server, states, known, step, rng, counted)
        _heal(server, states, known, step, death, counted)
        if number in whole:
            _refresh(server, states, known, death, counted)
    note(
        f"SIGKILL: {steps}",
        tried=counted.kills,
        expected="0 lost, 0 mixed, 0 errors, 0 backwards",
        found=_summary(counted.wrong),
        exact_points=len(points),
        killed_while_healing=counted.again,
        whole_refreshes_after=counted.heals,
        heal_seconds=round(statistics.median(counted.heal_seconds or [0]), 1),
    )
    assert not counted.wrong, "\n".join(counted.wrong)


def _measured(server: ForkServer, states: States, step: str) -> tuple[float, list[str]]:
    """How long the step takes undisturbed, and the changes of files that it makes."""
    states.put(BEGINS[step])
    ended = _run(server, states.home, step, count=True).must()
    return ended.seconds, ended.result["points"]


def _plan(rng: random.Random, wanted: int, seconds: float, points: list[str]) -> list[Death]:
    """Every exact point where there is room for all, else some of them; random times besides."""
    at = list(range(len(points)))
    if wanted < len(points) + 2:
        at = sorted(rng.sample(at, min(len(at), (wanted + 1) // 2)))
    exact = [Death(at=place, label=points[place]) for place in at]
    timed = [Death(after=rng.uniform(0, seconds)) for _ in range(max(wanted - len(exact), 2))]
    return [*exact, *timed]


def _run(server: ForkServer, home: Path, step: str, **args: object) -> Ended:
    if step == "refresh":
        return server.command(home, "refresh", **args)
    return server.call(step, home, **args)


def _kill(server: ForkServer, states: States, step: str, death: Death, counted: Counted) -> None:
    """Kill the step; one that was faster than the moment drawn dies earlier in the next attempt."""
    after = death.after
    while True:
        states.put(BEGINS[step])
        if after is None:
            ended = _run(server, states.home, step, count=True, die_at=death.at)
        elif step == "refresh":
            words = ["refresh", "--home", str(states.home)]
            ended = server.killed("command", states.home, after, words=words)
        else:
            ended = server.killed(step, states.home, after)
        if ended.is_killed:
            counted.kills += 1
            return
        if after is None or ended.code != 0:
            counted.wrong.append(f"error: {step} {death} ended: {ended.result} {ended.out[-800:]}")
            return
        after *= 0.8


def _prove(states: States, known: Known, step: str, death: Death, counted: Counted) -> None:
    begun = states.path(BEGINS[step])
    counted.wrong += [
        f"{step} {death}: {finding}" for finding in proof.unharmed(states.home, known, begun)
    ]


def _kill_the_healing(
    server: ForkServer,
    states: States,
    known: Known,
    step: str,
    rng: random.Random,
    counted: Counted,
) -> None:
    """The next attempt dies as well, somewhere in its first two seconds."""
    again = "land" if step in EARLY else "publish" if step == "publish" else "finish"
    death = Death(after=rng.uniform(0, 2.0), label=f"again, in {again}")
    counted.again += server.killed(again, states.home, death.after or 0).is_killed
    _prove(states, known, step, death, counted)


def _heal(
    server: ForkServer, states: States, known: Known, step: str, death: Death, counted: Counted
) -> None:
    """What follows repairs what was cut short, as far as the step itself can show it."""
    home = states.home
    if step in EARLY:
        steps = ["land", "inputs"]
    elif step == "audit":
        steps = ["audit"]
    else:
        is_seen = proof.pointer(home)["generation"] == 2
        steps = ["finish"] if is_seen else ["publish"]
    for one in steps:
        ended = server.call(one, home)
        if ended.code != 0:
            counted.wrong.append(
                f"{step} {death}: error: healing by {one} failed: {ended.result} {ended.out[-800:]}"
            )
            return
    wrong = proof.unharmed(home, known, states.path(BEGINS[step]))
    if step in EARLY:
        wrong += _presented(states)
    elif step == "audit":
        wrong += _audited(states)
    else:
        wrong += published(states, [1, 2])
    counted.wrong += [f"{step} {death} healed: {finding}" for finding in wrong]


def _presented(states: States) -> list[str]:
    """The rows shown to dbt are those that a home shows which nobody killed."""
    wrong = proof.ledger_faults(states.home, is_complete=True)
    if proof.pointer(states.home)["generation"] == 2:
        return wrong  # the command got as far as publishing
    name = Path("var") / "builds" / "building.duckdb"
    bad = proof.differing(states.home / name, states.path("presented") / name, ("raw", "reference"))
    return [*wrong, *(f"mixed: {table} is another than without a kill" for table in bad)]


def _audited(states: States) -> list[str]:
    found = [
        {
            entry["rule"]: entry["passed"]
            for entry in proof.audit_of(home, proof.pointer(states.path("b"))["build_id"])
        }
        for home in (states.home, states.path("audited"))
    ]
    return [] if found[0] == found[1] else ["lost: the audit holds another evidence"]


def published(states: States, reported: list[int]) -> list[str]:
    """The home stands where the one stands that was never killed, and nothing lies about."""
    home, never = states.home, states.path("b")
    wrong = []
    bad = proof.differing(proof.snapshot(home), proof.snapshot(never))
    wrong += [f"mixed: {table} is another than without a kill" for table in bad]
    if sorted(set(proof.reported(home))) != reported or len(proof.reported(home)) != len(reported):
        wrong.append(
            f"lost: verdicts of generations {proof.reported(home)} are published, not {reported}"
        )
    build = home / "var" / "builds" / f"{proof.pointer(home)['build_id']}.duckdb"
    analysts = home / "var" / "dev.duckdb"
    if not analysts.is_file() or proof.sha256(analysts) != proof.sha256(build):
        wrong.append("mixed: analysts look at another build")
    named = {f"v{number:06d}{kind}" for number in reported for kind in (".duckdb", ".json")}
    there = {path.name for path in (home / "var" / "snapshots").iterdir()}
    if there != named:
        wrong.append(f"lost: snapshots hold {sorted(there ^ named)} too many or too few")
    return wrong


def _refresh(
    server: ForkServer, states: States, known: Known, death: Death, counted: Counted
) -> None:
    """A whole refresh by the command; its figures are those of a home that nobody killed."""
    ended = server.command(states.home, "refresh")
    counted.heals += 1
    counted.heal_seconds.append(ended.seconds)
    if ended.code != 0:
        counted.wrong.append(f"{death}: error: the next refresh failed: {ended.out[-800:]}")
        return
    wrong = proof.unharmed(states.home, known, states.path("grown"))
    wrong += published(states, [1, 2])
    wrong += proof.ledger_faults(states.home, is_complete=True)
    wrong += [f"lost: {name} lies about" for name in proof.leavings(states.home)]
    counted.wrong += [f"{death} refreshed: {finding}" for finding in wrong]


def _summary(wrong: list[str]) -> str:
    kinds = ("lost", "mixed", "error", "backwards")
    found = {kind: sum(f"{kind}:" in finding for finding in wrong) for kind in kinds}
    other = len([one for one in wrong if not any(f"{kind}:" in one for kind in kinds)])
    text = ", ".join(f"{number} {kind}{'s' * (kind == 'error')}" for kind, number in found.items())
    return f"{text}, {other} others" if other else text
