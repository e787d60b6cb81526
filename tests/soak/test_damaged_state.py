"""Every file that the product writes, damaged in seven ways: healed or named, never a fault.

After each damage every command that a person would try ends with a sentence; and either the next
refresh makes the figures whole, or somebody names the file and what to do about it. What nobody
may do is show other figures without a word.
"""

import random
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.soak import proof, remade
from tests.soak.damage import DAMAGES, kinds, unlinked
from tests.soak.figures import count, draws, note
from tests.soak.forks import Ended, ForkServer, spawned
from tests.soak.proof import Known
from tests.soak.sentences import FAULT, ill_ended
from tests.soak.states import States

pytestmark = pytest.mark.soak

# files of each kind; those of one kind are alike
OF_A_KIND = 2
COMMANDS = (("status",), ("doctor",), ("history",), ("explain", "acme"))
# no figure depends on them: a refresh works without them
FOR_PEOPLE = ("var/dbt/", "var/gx/", "var/logs/", "var/refresh.lock", "var/tmp/")
# only the dashboard reads these
SHOWN = ("var/current.json", "var/snapshots/", "var/builds/", "decisions.sqlite", "var/verdicts")
ADVICE = (
    "refresh",
    "rollback",
    "restore",
    "delete",
    "remove",
    "backup",
    "again",
    "move",
    "correct",
)


@pytest.fixture(scope="module")
def whole(server: ForkServer, states: States) -> States:
    """Generation 2 published, with a decision written down."""
    home = states.put("b", linked=False)
    server.call("decide", home).must()
    with sqlite3.connect(home / "decisions.sqlite") as journal:
        assert journal.execute("select count(*) from entries").fetchone() == (1,)
    states.take("decided")
    return states


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_file_damaged(damage: str, server: ForkServer, whole: States, known: Known) -> None:
    rng = draws(f"damage {damage}")
    files = _files(rng, whole.path("decided"))
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    for name in files:
        home = whole.put("decided")
        unlinked(home / name)
        DAMAGES[damage](home / name, rng)
        end, found = _after(server, whole, known, name)
        ends[end] += 1
        wrong += [f"{name} {damage}: {one}" for one in found]
        for path in (home / name, (home / name).parent):
            if path.exists():
                path.chmod(0o755 if path.is_dir() else 0o644)
    note(
        f"State files: {damage.replace('_', ' ')}",
        tried=len(files),
        expected="healed or named, never a fault of ours, no other figures",
        found=", ".join(f"{number} {end}" for end, number in sorted(ends.items()))
        + f"; {len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


def _files(rng: random.Random, home: Path) -> list[str]:
    """A few of each kind, those that decide what is shown all."""
    wanted = count("files", OF_A_KIND)
    chosen: list[str] = []
    for names in kinds(home).values():
        chosen += sorted(rng.sample(names, min(wanted, len(names))))
    return chosen


def _after(server: ForkServer, states: States, known: Known, name: str) -> tuple[str, list[str]]:
    """How it ended (healed, named, without effect, lost) and what was wrong on the way."""
    home = states.home
    before = states.path("decided")
    wrong: list[str] = []
    said: list[Ended] = []
    looks = [*COMMANDS]
    if name.startswith("var/snapshots/"):
        looks.append(("rollback", "1"))
    for words in looks:
        ended = server.command(home, *words, faults={"ordinary": True})
        wrong += [f"{words[0]}: {one}" for one in ill_ended(ended)]
        said.append(ended)
    if name.startswith(SHOWN):
        wrong += _dashboard(server, home)
    if name.startswith("var/snapshots/"):
        shown = server.command(home, "rollback", "2", faults={"ordinary": True})
        wrong += [f"rollback: {one}" for one in ill_ended(shown)]
        said.append(shown)
    refreshed = server.command(home, "refresh", faults={"ordinary": True})
    wrong += [f"refresh: {one}" for one in ill_ended(refreshed)]
    said.append(refreshed)
    named = any(
        Path(name).name in ended.out and any(word in ended.out for word in ADVICE) for ended in said
    )
    if name.startswith(FOR_PEOPLE) and refreshed.code == 0:
        return "without effect", [*wrong, *_figures(states, known)]
    if refreshed.code != 0:
        if not named:
            wrong.append(f"refused without naming it: {refreshed.out[-600:]}")
        return "named", wrong
    wrong += _figures(states, known)
    if name == "decisions.sqlite" and not (home / name).exists():
        # a home in which nobody has decided anything looks the same (KNOWN_LIMITS.md)
        return "lost without a word", wrong
    if name == "decisions.sqlite" and _decided(home / name) == _decided(before / name):
        return ("named" if named else "without effect"), wrong
    if name == "decisions.sqlite" or name == "verdicts.jsonl":
        # written by people and by time: nothing can make it again
        if not named and proof.sha256(home / name) != proof.sha256(before / name):
            wrong.append("lost: nobody says that it is damaged")
        return "named", wrong
    if name.startswith("var/landing/"):
        found, is_named = _next_build(server, states, name)
        wrong += found
        named = named or is_named
    if name.startswith("var/statistics/"):
        # with nothing new nobody reads them: the next build does
        rebuilt = server.command(home, "refresh", "--full-refresh", faults={"ordinary": True})
        wrong += [f"refresh --full-refresh: {one}" for one in ill_ended(rebuilt)]
        if rebuilt.code != 0:
            wrong.append(f"statistics are not computed again: {rebuilt.out[-600:]}")
        wrong += _figures(states, known)
    return ("named" if named else "healed"), wrong


def _next_build(server: ForkServer, states: States, name: str) -> tuple[list[str], bool]:
    """What the next build would be shown: the rows of an unhurt home, or a sentence."""
    home = states.home
    # a build shows what is not yet in the stored statistics, so it begins with the same ones
    statistics = Path("var") / "statistics"
    shutil.rmtree(home / statistics, ignore_errors=True)
    shutil.copytree(states.path("presented") / statistics, home / statistics)
    for step in ("land", "build_anew"):
        ended = server.call(step, home, faults={"ordinary": True})
        if ended.code == 0:
            continue
        if not ended.result.get("is_sentence") or FAULT.search(ended.result["error"]):
            return [f"{step}: {ended.result.get('error')} {ended.out[-600:]}"], False
        if Path(name).name not in ended.result["error"]:
            return [f"{step}: refused without naming it: {ended.result['error']}"], False
        return [], True
    building = Path("var") / "builds" / "building.duckdb"
    bad = proof.differing(
        home / building, states.path("presented") / building, ("raw", "reference")
    )
    bad = [table for table in bad if table not in ("raw.reported_verdicts", "reference.versions")]
    return ([f"mixed: {', '.join(bad)} show other rows"] if bad else []), False


def _decided(path: Path) -> list[object]:
    """Every row of the journal of decisions; none where SQLite cannot read it."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as journal:
            names = journal.execute("select name from sqlite_master where type = 'table'")
            return [
                (name, row)
                for (name,) in sorted(names.fetchall())
                for row in journal.execute(f'select * from "{name}" order by rowid')
            ]
    except sqlite3.Error:
        return []


def _figures(states: States, known: Known) -> list[str]:
    """What readers see is the build of the exports, cell by cell."""
    home, before = states.home, states.path("decided")
    try:
        entry = proof.pointer(home)
        file = home / "var" / entry["file"]
        if entry["sha256"] != proof.sha256(file):
            return ["lost: a refresh left a snapshot that is not the published one"]
    except (OSError, ValueError, KeyError, AssertionError) as error:
        return [f"lost: a refresh left a pointer that leads nowhere ({error!r})"]
    if proof.own_build_id(file) != entry["build_id"]:
        return ["mixed: the snapshot is another build than the pointer says"]
    shown = known.name_of(entry["build_id"], file)
    # a generation that nothing describes any more cannot be returned to after a rollback
    if shown == "b" or (shown == "a" and entry["rolled_back_from"] is not None):
        return []
    # a later generation adds to what was reported; with all of it lost, counting starts over
    reported = before / "verdicts.jsonl" if entry["generation"] > 1 else None
    return [*remade.unlike(file, proof.snapshot(before)), *remade.unsaid(file, reported)]


def _dashboard(server: ForkServer, home: Path) -> list[str]:
    wrong = []
    health = server.call("health", home, faults={"ordinary": True})
    if health.code != 0 or health.result["status"] not in (200, 503):
        wrong.append(f"healthz: {health.code} {health.result} {health.out[-300:]}")
    page = server.call("page", home, faults={"ordinary": True})
    if page.code != 0:
        wrong.append(f"page: {page.result} {page.out[-600:]}")
    else:
        wrong += [f"page: {one[:600]}" for one in page.result["broken"]]
        if not page.result["figures"] and not page.result["errors"]:
            wrong.append("page: it shows nothing and says nothing")
    return wrong


def test_every_folder_gone(server: ForkServer, whole: States, known: Known) -> None:
    """Everything derived can be deleted: the next refresh recreates it from the exports."""
    wrong: list[str] = []
    folders = ["var/landing", "var/builds", "var/gx", "var/dbt", "var/snapshots", "var"]
    for name in folders[: count("folders", len(folders))]:
        home = whole.put("decided")
        shutil.rmtree(home / name)
        for words in COMMANDS:
            wrong += [
                f"{name}: {words[0]}: {one}" for one in ill_ended(server.command(home, *words))
            ]
        ended = server.command(home, "refresh")
        wrong += [f"{name}: refresh: {one}" for one in ill_ended(ended)]
        if ended.code != 0:
            wrong.append(f"{name}: a refresh does not heal it: {ended.out[-600:]}")
        else:
            wrong += [f"{name}: {one}" for one in _figures(whole, known)]
    note(
        "State folders deleted",
        tried=len(folders),
        expected="the next refresh recreates them from the exports",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)


def test_what_dbt_remembers_of_its_project_is_damaged(
    server: ForkServer, whole: States, known: Known
) -> None:
    """dbt's own memory only saves time: a process that is new to the project builds without it."""
    rng = draws("dbt's memory")
    home = whole.put("decided")
    assert spawned(home, "refresh", "--full-refresh").code == 0
    memory = home / "var" / "dbt" / "target" / "partial_parse.msgpack"
    content = memory.read_bytes()
    wrong: list[str] = []
    damages = list(DAMAGES)[: count("damages", len(DAMAGES))]
    for damage in damages:
        home = whole.put("decided")
        memory.write_bytes(content)
        DAMAGES[damage](memory, rng)
        ended = spawned(home, "refresh", "--full-refresh")
        wrong += [f"{damage}: {one}" for one in ill_ended(ended)]
        if ended.code != 0:
            wrong.append(f"{damage}: it cannot build: {ended.out[-600:]}")
        wrong += [f"{damage}: {one}" for one in _figures(whole, known)]
    note(
        "dbt's parsed project damaged",
        tried=len(damages),
        expected="rebuilt, the same figures",
        found=f"{len(wrong)} findings",
    )
    assert not wrong, "\n".join(wrong)
