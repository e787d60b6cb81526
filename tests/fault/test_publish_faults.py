"""A refresh that dies, fails or is refused leaves the old snapshot served; the next one works."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from orchestration.pipeline import transform
from orchestration.pipeline.build import Candidate
from orchestration.pipeline.nodes import NodeResult
from orchestration.pipeline.publish import finish, publish
from orchestration.platform.errors import AuditRefused, RefreshBusy
from orchestration.platform.files import sha256_of
from orchestration.platform.lock import refresh_lock
from orchestration.platform.published import read_pointer
from orchestration.platform.reported import reported_generations
from orchestration.platform.settings import Settings
from orchestration.runs.refresh import refresh


def _served(settings: Settings) -> tuple[int, str, str]:
    pointer = read_pointer(settings)
    assert pointer is not None
    assert sha256_of(pointer.path(settings)) == pointer.sha256
    return pointer.generation, pointer.build_id, pointer.sha256


def _publish_in_a_process(settings: Settings, moment: str) -> int:
    """Publish the audited build again, killed at the moment; the exit code."""
    script = """
        import os, signal, sys
        from importlib import import_module
        from pathlib import Path
        from orchestration.pipeline import publish
        from orchestration.pipeline.build import Candidate
        from orchestration.platform.published import read_pointer
        from orchestration.platform.settings import load_settings

        module, name = sys.argv[2].rsplit(".", 1)
        setattr(import_module(module), name, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
        settings = load_settings(Path(sys.argv[1]))
        pointer = read_pointer(settings)
        publish.publish(settings, Candidate(pointer.build_id, pointer.as_of_moment))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(settings.home), moment],
        check=False,
        timeout=120,
    )
    return done.returncode


@pytest.mark.parametrize(
    "moment",
    [
        "orchestration.pipeline.publish.sync_file",
        "orchestration.pipeline.publish.write_json",
        "orchestration.pipeline.publish.sync_folder",
        "orchestration.pipeline.publish.write_pointer",
    ],
)
def test_a_publication_killed_before_the_pointer_is_never_seen(
    small_copy: Settings, moment: str
) -> None:
    before = _served(small_copy)
    assert _publish_in_a_process(small_copy, moment) == -signal.SIGKILL
    assert _served(small_copy) == before
    candidate = _candidate(small_copy)
    assert publish(small_copy, candidate).generation == before[0] + 1
    assert reported_generations(small_copy) == {1, 2}
    names = {path.name for path in small_copy.snapshots.iterdir()}
    assert names == {
        "v000001.duckdb",
        "v000001.json",
        "v000002.duckdb",
        "v000002.json",
    }


def test_a_publication_killed_after_the_pointer_stands_and_is_finished_later(
    small_copy: Settings,
) -> None:
    assert (
        _publish_in_a_process(small_copy, "orchestration.pipeline.publish.finish")
        == -signal.SIGKILL
    )
    assert _served(small_copy)[0] == 2
    assert reported_generations(small_copy) == {1}
    finish(small_copy)
    finish(small_copy)
    assert reported_generations(small_copy) == {1, 2}


def test_a_refresh_killed_while_it_builds_is_garbage_and_the_next_one_works(
    small_copy: Settings,
) -> None:
    before = _served(small_copy)
    script = """
        import os, signal, sys
        from pathlib import Path
        from orchestration.pipeline import build
        from orchestration.runs.refresh import refresh
        from orchestration.platform.settings import load_settings

        build.transform.run_models = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
        refresh(load_settings(Path(sys.argv[1])), full_refresh=True)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(small_copy.home)],
        check=False,
        timeout=240,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL
    assert (small_copy.builds / "building.duckdb").exists()
    assert _served(small_copy) == before
    # the lock died with its holder, and what it left is swept away
    assert not refresh(small_copy).is_new
    assert not (small_copy.builds / "building.duckdb").exists()
    assert _served(small_copy) == before


def test_a_failed_test_of_a_model_publishes_nothing(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _served(small_copy)
    failed = NodeResult("test.seatshift.some", "some_test", "test", "fail", "", 3, 0.1)
    monkeypatch.setattr(transform, "run_models", lambda *_: [failed])
    with pytest.raises(AuditRefused, match="some_test"):
        refresh(small_copy, full_refresh=True)
    assert _served(small_copy) == before


@pytest.mark.soak  # a whole build; the gates themselves are tried in every run
def test_a_refused_audit_publishes_nothing(small_copy: Settings) -> None:
    before = _served(small_copy)
    # a segment of the reserved name: the audit of what was built refuses it
    accounts = small_copy.exports / "accounts.csv"
    accounts.write_text(
        accounts.read_text(encoding="utf-8").replace(",smb,", ",all,"), encoding="utf-8"
    )
    with pytest.raises(AuditRefused, match=r"segment named all|test"):
        refresh(small_copy)
    assert _served(small_copy) == before


def _hold(settings: Settings, ready: str) -> None:
    with refresh_lock(settings):
        Path(ready).touch()
        time.sleep(60)


def test_a_second_refresh_fails_at_once_and_a_dead_holder_frees_the_lock(
    small_copy: Settings, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    holder = multiprocessing.get_context("spawn").Process(
        target=_hold, args=(small_copy, str(ready))
    )
    holder.start()
    try:
        _wait_for(ready)
        started = time.monotonic()
        with pytest.raises(RefreshBusy, match=str(holder.pid)), refresh_lock(small_copy):
            pass
        assert time.monotonic() - started < 2
    finally:
        assert holder.pid is not None
        os.kill(holder.pid, signal.SIGKILL)
        holder.join()
    with refresh_lock(small_copy):
        pass


def _candidate(settings: Settings) -> Candidate:
    pointer = read_pointer(settings)
    assert pointer is not None
    return Candidate(build_id=pointer.build_id, as_of=pointer.as_of_moment)


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.05)
