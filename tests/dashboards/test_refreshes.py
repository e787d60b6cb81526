"""A refresh that runs, is refused or stops while people look: each page says so and what to do."""

import json
import multiprocessing
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data import refreshes
from orchestration.platform.lock import refresh_lock, running_since
from orchestration.platform.settings import load_settings
from tests.dashboards import sample
from tests.dashboards.conftest import OpenPage


@pytest.fixture
def home(tmp_path: Path, homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published home of the test's own."""
    shutil.copytree(homes["whole"], tmp_path, dirs_exist_ok=True)
    monkeypatch.setitem(homes, "own", tmp_path)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def running(home: Path) -> Iterator[None]:
    """The home's lock is held."""
    with refresh_lock(load_settings(home)):
        yield


def texts(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.info, page.error, page.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def audited(home: Path, verdict: str, after: timedelta, build_id: str = "fedcba9876543210") -> None:
    rule = {"rule": "r", "severity": "critical", "observed": "3", "relation": "raw.x"}
    evidence = [
        {**rule, "passed": False, "sentence": f"Rule {n}: <b>amounts</b> are no numbers"}
        for n in range(7)
    ]
    evidence.append({**rule, "passed": True, "sentence": "Passed rule"})
    path = home / "var" / "builds" / f"{build_id}.audit.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    at = (sample.AS_OF + after).replace(tzinfo=None).isoformat(timespec="seconds")
    entry = {"build_id": build_id, "verdict": verdict, "evidence": evidence, "judged_at": at}
    path.write_text(json.dumps(entry), encoding="utf-8")
    marker = path.with_name("candidate.json")
    marker.write_text(json.dumps({"build_id": build_id}), encoding="utf-8")


@pytest.mark.usefixtures("running")
def test_pages_say_that_a_refresh_is_running(open_page: OpenPage, home: Path) -> None:
    since = running_since(load_settings(home))
    assert since is not None
    audited(home, "OPEN", timedelta(hours=1))
    for name in ("decision", "data_health"):
        page = open_page(name, "own")
        assert not page.exception
        assert f"{since:%H:%M} UTC; these figures are of generation 1" in texts(page)
        assert "Refresh not finished" not in texts(page)


def test_the_first_refresh_is_reported_while_it_runs_and_when_refused(
    open_page: OpenPage, home: Path
) -> None:
    (home / "var" / "current.json").unlink()
    with refresh_lock(load_settings(home)):
        page = open_page("decision", "own")
        assert "The first refresh has been running since" in page.info[0].value
        assert not page.code
    audited(home, "FAIL", timedelta(hours=1))
    page = open_page("decision", "own")
    assert not page.exception
    assert "seatshift check" in page.error[0].value
    assert "seatshift refresh --home" in page.code[0].value


def test_a_refused_refresh_names_its_reasons_and_what_to_do(
    open_page: OpenPage, home: Path
) -> None:
    assert refreshes.unpublished() is None
    audited(home, "FAIL", -timedelta(hours=1))
    assert refreshes.unpublished() is None
    audited(home, "FAIL", timedelta(hours=1))
    ended = refreshes.unpublished()
    assert ended is not None
    assert len(ended.reasons) == 6
    assert ended.reasons[-1] == "and 2 more"
    page = open_page("triggers", "own")
    assert not page.exception
    assert "The audit refused the refresh of 07:00 UTC" in page.error[0].value
    assert "generation 1, as it was published" in texts(page)
    assert "<b>" not in texts(page).replace("\\<", "")
    audited(home, "PASS", timedelta(hours=2), "00000000000000aa")
    assert refreshes.unpublished() is None


def test_a_refresh_that_stopped_half_way_is_reported(open_page: OpenPage, home: Path) -> None:
    audited(home, "OPEN", timedelta(days=-1, hours=25))
    page = open_page("cohorts", "own")
    assert "ended before it was published: run `seatshift refresh`" in page.warning[0].value
    (home / "var" / "builds" / "broken.audit.json").write_text("{", encoding="utf-8")
    assert refreshes.unpublished() is not None
    (home / "var" / "builds" / "fedcba9876543210.audit.json").write_text("{", encoding="utf-8")
    assert refreshes.unpublished() is None


def test_a_refusal_is_over_once_a_refresh_finds_nothing_new(home: Path) -> None:
    audited(home, "FAIL", timedelta(hours=1))
    assert refreshes.unpublished() is not None
    # a refresh that begins no build leaves no candidate
    (home / "var" / "builds" / "candidate.json").unlink()
    assert refreshes.unpublished() is None


def _hold(home: str, held: threading.Event, free: threading.Event) -> None:
    with refresh_lock(load_settings(Path(home))):
        held.set()
        free.wait(60)


def test_the_lock_of_another_process_is_seen_and_looking_stops_no_refresh(home: Path) -> None:
    settings = load_settings(home)
    assert running_since(settings) is None
    context = multiprocessing.get_context("spawn")
    held, free = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(home), held, free))
    holder.start()
    assert held.wait(60)
    assert running_since(settings) is not None
    free.set()
    holder.join(60)
    assert running_since(settings) is None
    # somebody looks again and again while refreshes begin
    end = monotonic() + 0.5

    def look() -> None:
        while monotonic() < end:
            running_since(settings)
            sleep(0.001)

    looker = threading.Thread(target=look)
    looker.start()
    while monotonic() < end:
        with refresh_lock(settings):
            pass
    looker.join()
