"""A reader and a publisher, each in a process of its own, and what they write down."""

import json
import os
import random
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from dashboards.data.warehouse import Snapshot, current
from orchestration.pipeline.build import Candidate
from orchestration.pipeline.publish import publish
from orchestration.platform.errors import RefreshBusy
from orchestration.platform.lock import refresh_lock
from orchestration.platform.settings import load_settings

# figures from different tables, each another in each of the three builds
ASKED = {
    "build": "select build_id from marts.dim_settings",
    "lines": "select count(*), sum(quantity) from marts.fct_shadow_bill_lines",
    "bills": "select count(*), sum(amount) from marts.fct_shadow_bills",
    "history": "select count(*), sum(hash(columns(*)::varchar)) from marts.fct_verdict_history",
    "shock": "select sum(hash(columns(*)::varchar)) from marts.fct_migration_shock",
}


def answers(snapshot: Snapshot, names: list[str], mark: str) -> dict[str, str]:
    """What the dashboard's own reading says; the mark makes a query that no cache has seen."""
    return {name: str(snapshot.answer(f"{ASKED[name]} /* {mark} */").to_pylist()) for name in names}


def read(home: Path, *, name: str, folder: str, known: dict[str, Any], seed: str) -> dict[str, Any]:
    """Read until `stop` lies in the folder: several tables of one generation at each read."""
    os.environ["SEATSHIFT_HOME"] = str(home)
    rng = random.Random(seed)
    progress = Path(folder) / f"{name}.reads"
    stop = Path(folder) / "stop"
    wrong: list[str] = []
    seconds: list[float] = []
    seen: dict[int, str] = {}
    last = 0
    with progress.open("ab", buffering=0) as file:
        while not stop.exists():
            names = ["build", *rng.sample(sorted(set(ASKED) - {"build"}), 2)]
            # some readers ask what others have asked before
            mark = f"{name} {len(seconds)}" if rng.random() < 0.8 else "again"
            began = time.perf_counter()
            try:
                snapshot = current()
                found = answers(snapshot, names, mark)
            except Exception as error:
                wrong.append(f"error: {type(error).__name__}: {error}")
                continue
            finally:
                seconds.append(time.perf_counter() - began)
                file.write(b".")
            expected = known.get(snapshot.build_id, {})
            if found != {one: expected.get(one) for one in names}:
                wrong.append(f"mixed: generation {snapshot.generation} says {found}")
            if snapshot.generation < last:
                wrong.append(f"backwards: {snapshot.generation} after {last}")
            last = snapshot.generation
            seen[last] = snapshot.build_id
    return {"wrong": wrong, "seconds": seconds, "seen": seen}


def publish_often(
    home: Path, *, builds: list[list[str]], times: int, folder: str, reads_each: int
) -> dict[str, Any]:
    """Publish audited builds by turns, each once the readers have had their reads of the last."""
    settings = load_settings(home)
    published: dict[int, str] = {}
    seconds: list[float] = []
    for number in range(times):
        wanted = reads_each * number
        while sum(path.stat().st_size for path in Path(folder).glob("*.reads")) < wanted:
            time.sleep(0.01)
        build_id, as_of = builds[number % len(builds)]
        began = time.perf_counter()
        with refresh_lock(settings):
            pointer = publish(settings, Candidate(build_id, _moment(as_of)))
        seconds.append(time.perf_counter() - began)
        published[pointer.generation] = build_id
    return {"published": published, "seconds": seconds}


def reads_done(home: Path, *, folder: str, reads: int) -> dict[str, Any]:
    """Wait until the readers together have had so many reads."""
    while sum(path.stat().st_size for path in Path(folder).glob("*.reads")) < reads:
        time.sleep(0.01)
    return {}


def race(home: Path, *, at: float, folder: str, name: str) -> dict[str, Any]:
    """Take the home's lock at a moment and hold it until it is enough; the loser says so."""
    place = Path(folder)
    time.sleep(max(at - time.time(), 0))
    began = time.perf_counter()
    try:
        with refresh_lock(load_settings(home)):
            (place / name).touch()
            while not (place / "enough").exists():
                time.sleep(0.005)
    except RefreshBusy as busy:
        seconds = time.perf_counter() - began
        return {"code": busy.exit_code, "is_sentence": bool(str(busy)), "seconds": seconds}
    return {}


def figures(home: Path, *, pointer: dict[str, Any]) -> dict[str, Any]:
    """What a build says when nobody publishes."""
    snapshot = Snapshot(
        generation=int(pointer["generation"]),
        path=home / "var" / str(pointer["file"]),
        sha256=str(pointer["sha256"]),
        build_id=str(pointer["build_id"]),
        as_of=_moment(pointer["as_of"]),
        published_at=_moment(pointer["published_at"]),
        audit=None,
    )
    return answers(snapshot, list(ASKED), json.dumps(pointer["generation"]))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
