"""Signals, full disks, too little memory and builds that hang end in one sentence and a code."""

import errno
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.files import ExportFile, Refused, VerifiedFile
from orchestration.ingest.landing import read_errors
from orchestration.pipeline.nodes import NodeResult
from orchestration.pipeline.publish import finish
from orchestration.pipeline.transform import refuse_failed
from orchestration.platform import space, watchdog
from orchestration.platform.errors import AuditRefused, SeatshiftError
from orchestration.platform.failures import explained
from orchestration.platform.lock import refresh_lock
from orchestration.platform.published import is_intact, read_pointer
from orchestration.platform.reported import reported_generations
from orchestration.platform.settings import Settings
from tests.conftest import PublishedHome
from tests.fault.endings import fill, home_on, run_to_end, small_disk, start
from tests.platform.small_home import make_small_home

UNCHANGED = "what was published before is unchanged."
BUSY = """
    def busy():
        print("ready", flush=True)
        {what}
    command(busy)
"""


def _generation(settings: Settings) -> int:
    pointer = read_pointer(settings)
    assert pointer is not None
    assert is_intact(settings, pointer)
    return pointer.generation


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    """A home that was never refreshed."""
    from orchestration.platform.settings import load_settings

    return load_settings(make_small_home(tmp_path / "home"))


@pytest.fixture
def copy(small: PublishedHome, tmp_path: Path) -> Settings:
    disk = tmp_path / "disk"
    disk.mkdir()
    return home_on(disk, small.home)


# --- signals


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (signal.SIGINT, "time.sleep(100)"),
        (signal.SIGTERM, "threading.Lock().acquire() and threading.Event().wait()"),
        (signal.SIGHUP, "while True: pass"),
        # a library that swallows everything
        (
            signal.SIGINT,
            "exec('while True:\\n try: time.sleep(0.1)\\n except BaseException: pass')",
        ),
    ],
)
def test_a_signal_ends_a_command_in_one_sentence(
    bare: Settings, number: signal.Signals, what: str
) -> None:
    process = start(bare, BUSY.format(what=what))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert err.splitlines() == [f"Stopped; {UNCHANGED}"]


def test_a_signal_in_the_middle_of_dbt_frees_the_lock_and_leaves_no_process(
    copy: Settings,
) -> None:
    script = """
        from orchestration.pipeline import transform
        from orchestration.platform.lock import refresh_lock

        def callback(self, event):
            if event.info.name == "NodeStart":
                print("ready", flush=True)

        transform._Narrator.__call__ = callback
        def build():
            with refresh_lock(settings):
                build = next(settings.builds.glob("*.duckdb"))
                transform.run_selected(settings, build, ["staging", "intermediate"])
        command(build)
    """
    process = start(copy, script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.splitlines()) == (130, [f"Stopped; {UNCHANGED}"])
    with refresh_lock(copy):
        pass
    assert _processes_of_session(process.pid) == []


def _processes_of_session(session: int) -> list[str]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == session and state != "Z":
            found.append(stat.parent.name)
    return found


def test_a_second_signal_ends_a_command_that_is_stopping(bare: Settings) -> None:
    script = """
        from orchestration.platform import pointer_moves
        def busy():
            pointer_moves.gate.acquire()  # a disk that hangs while the pointer is replaced
            print("ready", flush=True)
            time.sleep(100)
        command(busy)
    """
    process = start(bare, script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=8)  # the first waits for ten seconds
    assert (process.returncode, err) == (128 + signal.SIGTERM, "")


def test_a_command_that_was_started_with_a_signal_ignored_ignores_it(bare: Settings) -> None:
    done = run_to_end(
        bare,
        """
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        command(lambda: os.kill(os.getpid(), signal.SIGHUP))
        """,
    )
    assert done == (0, [])


@pytest.mark.parametrize(
    ("step", "generation", "consequence"),
    [
        ("write_json", 1, UNCHANGED),
        ("finish", 2, "generation 2 is published."),
    ],
)
def test_a_signal_at_publishing_says_what_readers_see(
    copy: Settings, step: str, generation: int, consequence: str
) -> None:
    code, err = run_to_end(
        copy,
        f"""
        def killed(*args):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(100)
        publish.{step} = killed
        command(publish_again)
        """,
    )
    assert code == 128 + signal.SIGTERM
    assert err[-1] == f"Stopped; {consequence}"
    assert _generation(copy) == generation


# --- full disks

FULL = "No space left on device"


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (OSError(errno.ENOSPC, FULL, "/home/some/file"), "the disk is full at /home/some/file ("),
        (OSError(errno.ENOSPC, FULL), "the disk is full at {var} ("),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/x"), "the disk quota is used up at /x"),
        (OSError(errno.EFBIG, "File too large", "/x"), "/x reached the maximum file size"),
        (duckdb.IOException(f'Could not write file "/a/b.duckdb": {FULL}'), "full at /a/b.duckdb"),
        (duckdb.IOException('Could not write file "/a": File too large'), "/a reached the maximum"),
        (
            duckdb.OutOfMemoryException(
                "failed to offload data block (1/1). set by the 'max_temp_directory_size' setting"
            ),
            "the disk is full at",
        ),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full at"),
        (duckdb.OutOfMemoryException("could not allocate block"), "limits.memory_limit_mb of 8192"),
        (duckdb.OutOfMemoryException("Allocation failure"), "refused this process more memory"),
        (MemoryError(), "refused this process more memory"),
        (RuntimeError("can't start new thread"), "refused this process more memory"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x cannot be used (Permission"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "/x"), "/x is a folder where a file"),
        (
            IsADirectoryError(errno.EISDIR, "Is a directory", "/.x.tmp", None, "/x"),
            "/x is a folder where a file",
        ),
        (OSError(errno.EIO, "Input/output error", "/x"), "/x cannot be used (Input/output"),
    ],
)
def test_failures_of_the_machine_are_reported_wherever_they_are_raised(
    bare: Settings, error: Exception, named: str
) -> None:
    try:
        try:
            raise error
        except Exception as inner:
            raise RuntimeError("a step failed") from inner  # as libraries wrap them
    except RuntimeError as wrapped:
        sentence = explained(wrapped, bare) or ""
    assert named.format(var=bare.var) in sentence
    if "disk is full" in sentence:
        assert "GiB free, a refresh needs about 1.0)" in sentence


def test_faults_of_ours_are_not_blamed_on_the_machine(bare: Settings) -> None:
    for fault in (KeyError("disk"), duckdb.BinderException("no such column"), OSError()):
        assert explained(fault, bare) is None


@pytest.mark.parametrize(
    "error",
    [
        duckdb.IOException('Could not write file "/a/b": File too large'),
        duckdb.IOException('Cannot open file "/a/b": Too many open files'),
        duckdb.OutOfMemoryException("could not allocate block"),
    ],
)
def test_a_file_is_not_refused_for_what_the_machine_lacks(bare: Settings, error: Exception) -> None:
    path = bare.exports / "usage_events.csv"
    source = VerifiedFile(ExportFile(path.name, path, "csv", None), "0", 1, path)
    with (
        pytest.raises(SeatshiftError, match=r"usage_events\.csv cannot be landed, because"),
        read_errors(bare, source, []),
    ):
        raise error
    with (
        pytest.raises(Refused, match="send the file again"),
        read_errors(bare, source, []),
    ):
        raise duckdb.IOException("Invalid Parquet file")


def test_a_full_disk_is_no_failed_test_of_a_model(bare: Settings) -> None:
    message = f'Runtime Error\n  IO Error: Could not write file "/a/b": {FULL}'
    full = NodeResult("model.x", "x", "model", "error", message, 0, 0.1)
    with pytest.raises(SeatshiftError, match="model x cannot be built: the disk is full") as stated:
        refuse_failed(bare, [full])
    assert not isinstance(stated.value, AuditRefused)


def test_a_disk_that_is_full_before_the_pointer_moves_publishes_nothing(
    small: PublishedHome, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 300) as disk:
        settings = home_on(disk, small.home)
        for leave in (100_000, 8_000_000, 24_000_000):
            ballast = fill(disk, leave)
            code, err = run_to_end(settings, "command(publish_again)")
            assert code == 1, err
            assert [line for line in err if " s  " not in line] == err[-1:]
            assert f"disk is full at {settings.var}" in err[-1] and err[-1].endswith(UNCHANGED)
            assert _generation(settings) == 1
            assert {path.stem for path in settings.snapshots.iterdir()} == {"v000001"}
            ballast.unlink()
        assert run_to_end(settings, "command(publish_again)")[0] == 0
        assert _generation(settings) == 2


def test_a_disk_that_is_full_after_the_pointer_moved_leaves_the_publication(
    small: PublishedHome, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 300) as disk:
        settings = home_on(disk, small.home)
        code, err = run_to_end(
            settings,
            """
            from tests.fault.endings import fill
            move = publish.write_pointer
            def moved(*args):
                move(*args)
                fill(settings.home.parent, 10_000_000)
            publish.write_pointer = moved
            command(publish_again)
            """,
        )
        assert code == 0, err
        assert "Generation 2 is published, but" in err[-1] and "disk is full" in err[-1]
        assert _generation(settings) == 2
        assert not (settings.var / "dev.duckdb").exists()
        (disk / "ballast").unlink()
        finish(settings)
        assert reported_generations(settings) == {1, 2}
        assert (settings.var / "dev.duckdb").is_file()
        # analysts work on their copy: it is replaced once
        (settings.var / "dev.duckdb").unlink()
        finish(settings)
        assert not (settings.var / "dev.duckdb").exists()


def test_a_limit_on_the_size_of_files_is_one_sentence(copy: Settings) -> None:
    code, err = run_to_end(
        copy,
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024**2,) * 2)
        command(publish_again)
        """,
    )
    assert code == 1
    assert "reached the maximum file size of 8 MiB (`ulimit -f`)" in err[-1]
    assert err[-1].endswith(UNCHANGED)
    assert _generation(copy) == 1


# --- memory, and builds that hang


def test_too_little_address_space_is_refused_at_once(
    bare: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "address_limit", lambda: 1536 * 1024**2)
    with pytest.raises(SeatshiftError, match=r"1\.5 GiB of address space \(`ulimit -v`\).*3 GiB"):
        space.need_addresses()
    # what is above that bounds DuckDB, which would count on more than there is
    monkeypatch.setattr(space, "address_limit", lambda: 4 * 1024**3)
    space.need_addresses()
    assert space.duckdb_memory_mb(bare) == 2048
    monkeypatch.setattr(space, "address_limit", lambda: None)
    assert space.duckdb_memory_mb(bare) == 8192


@pytest.mark.parametrize(
    "error", ["MemoryError()", pytest.param("SystemExit(1)", marks=pytest.mark.soak)]
)
def test_a_thread_of_dbt_that_dies_ends_dbt(copy: Settings, error: str) -> None:
    code, err = run_to_end(
        copy,
        f"""
        from orchestration.pipeline import transform
        def callback(self, event):
            if event.info.name == "NodeStart":
                raise {error}
        transform._Narrator.__call__ = callback
        build = next(settings.builds.glob("*.duckdb"))
        command(lambda: transform.run_selected(settings, build, ["stg_settings"]))
        """,
    )
    assert code == 1, err
    assert not any("Traceback" in line for line in err)


def test_a_process_that_does_nothing_is_ended_and_its_lock_free(bare: Settings) -> None:
    code, err = run_to_end(
        bare,
        """
        from dataclasses import replace
        from orchestration.platform import watchdog
        from orchestration.platform.lock import refresh_lock
        from orchestration.platform.progress import say
        watchdog.LOOK_SECONDS, watchdog.SECONDS_A_MINUTE = 0.05, 0.5
        hanging = replace(settings, stall_minutes=2)
        def hang():
            with progress(), refresh_lock(hanging), watchdog.watched(hanging):
                say("dbt: 1 of 2 models and tests")
                threading.Event().wait()
        command(hang)
        """,
    )
    assert code == 1
    assert len(err) == 2
    assert err[1].startswith(
        "Stopped after 2 minutes without activity, last step “dbt: 1 of 2 models and tests”"
    )
    (log,) = (bare.var / "logs").glob("stalled-*.log")
    assert str(log) in err[1] and "in hang" in log.read_text(encoding="utf-8")
    with refresh_lock(bare):
        pass


@pytest.mark.parametrize("work", ["processor", "files"])
def test_who_works_is_not_ended_however_long_it_says_nothing(tmp_path: Path, work: str) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(256 * 1024))
    stalled = threading.Event()
    with watchdog.watching(1.5, stalled.set, look=0.1):
        for _ in range(50):
            if work == "processor":
                sum(range(500_000))
            else:
                large.read_bytes()
            time.sleep(0.05)
        assert not stalled.is_set()
        assert stalled.wait(60)  # it does look


def test_a_process_that_was_paused_did_not_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    used = iter([watchdog._Used(0, 0, 0), watchdog._Used(9999, 0, 0), watchdog._Used(10000, 0, 0)])
    last = watchdog._Used(10001, 1, 0)
    asked = threading.Event()

    def now() -> watchdog._Used:
        found = next(used, None)
        if found is None:
            asked.set()
        return found or last

    monkeypatch.setattr(watchdog._Used, "now", now)
    stalled = threading.Event()
    with watchdog.watching(10, stalled.set, look=0.01):
        assert asked.wait(30)
    assert not stalled.is_set()


# --- whole refreshes


@pytest.mark.soak  # nearly a refresh each
@pytest.mark.parametrize(
    ("number", "line", "after"),
    [
        (signal.SIGINT, "Loading the models", 1.0),
        (signal.SIGTERM, "Building", 0.0),
        (signal.SIGINT, "55 rules of the arrival suite", 0.5),
        (signal.SIGHUP, "dbt: building", 8.0),
        (signal.SIGINT, "dbt: building", 20.0),
        (signal.SIGTERM, "rules of the built suite", 1.0),
        (signal.SIGINT, "Publishing", 0.3),
    ],
)
def test_a_refresh_stops_at_a_signal_and_the_next_one_works(
    small_copy: Settings, number: signal.Signals, line: str, after: float
) -> None:
    process = _refreshing(small_copy)
    assert process.stderr is not None
    said = []
    for one in process.stderr:
        said.append(one)
        if line in one:
            time.sleep(after)
            process.send_signal(number)
    assert process.wait(60) == 128 + number
    assert said[-1] == f"Stopped; {UNCHANGED}\n"
    assert all(" s  " in one for one in said[:-1])
    assert _generation(small_copy) == 1
    assert _processes_of_session(process.pid) == []
    again = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "refresh", "--home", str(small_copy.home)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Nothing new; generation 1 stays published." in again.stdout
    assert not (small_copy.builds / "building.duckdb").exists()


@pytest.mark.soak  # nearly a refresh each
@pytest.mark.parametrize(
    ("line", "leave"),
    [
        ("Loading the models", 50_000),
        ("Building", 2_000_000),
        ("55 rules of the arrival suite", 50_000),
        ("dbt: building", 10_000_000),
        ("dbt: building", 30_000_000),
        ("rules of the built suite", 50_000),
        ("Publishing", 5_000_000),
    ],
)
def test_a_refresh_on_a_full_disk_is_one_sentence_and_the_next_one_works(
    small: PublishedHome, tmp_path: Path, line: str, leave: int
) -> None:
    with small_disk(tmp_path / "disk", 1500) as disk:
        settings = home_on(disk, small.home)
        process = _refreshing(settings)
        assert process.stderr is not None
        said = []
        for one in process.stderr:
            said.append(one)
            if line in one and not (disk / "ballast").exists():
                fill(disk, leave)
        assert process.wait(60) == 1, said
        assert [one for one in said if " s  " not in one] == said[-1:]
        assert "disk is full at" in said[-1] and "free" in said[-1]
        assert _generation(settings) == 1
        (disk / "ballast").unlink()
        again = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", "refresh", "--home", str(settings.home)],
            check=True,
            capture_output=True,
            text=True,
        )
        assert "generation 1 stays" in again.stdout


def _refreshing(settings: Settings) -> subprocess.Popen[str]:
    # the guard against small disks would end it before anything is tried
    script = (
        "from orchestration.platform import space; space.GIB = 1024; "
        "from orchestration.cli.main import main"
    )
    command = f"import sys; {script}; sys.argv[0] = 'seatshift'; main()"
    return subprocess.Popen(
        [sys.executable, "-c", command, "refresh", "--full-refresh", "--home", str(settings.home)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


@pytest.mark.soak  # starts the slow libraries
@pytest.mark.parametrize("mebibytes", [1200, 1500, 1700, 2500])
def test_a_refresh_with_too_little_address_space_is_one_sentence(
    small_copy: Settings, mebibytes: int
) -> None:
    limit = f"ulimit -v {mebibytes * 1024}; exec {sys.executable} -m orchestration.cli"
    done = subprocess.run(
        ["sh", "-c", f"{limit} refresh --full-refresh --home {small_copy.home}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "of address space (`ulimit -v`)" in done.stderr
    with refresh_lock(small_copy):
        pass
