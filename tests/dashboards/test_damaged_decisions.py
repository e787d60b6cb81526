"""A damaged decisions.sqlite: figures stay, a sentence says what to do, and no entry is lost."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from dashboards.access import LOCAL
from dashboards.data import freshness, journal, threshold_edits
from dashboards.data.journal import CannotWrite, Entry, entries, problem, record
from dashboards.data.tables import rows
from dashboards.data.warehouse import current
from orchestration.homes.decisions import look, recover
from orchestration.homes.doctor import examine
from orchestration.platform.errors import SeatshiftError
from tests.cli_runs import run
from tests.dashboards import sample
from tests.dashboards.conftest import PAGES, OpenPage

pytestmark = pytest.mark.slow

NAME = "decisions.sqlite"
MANY = 120


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published home with a decision, and more notes than go on one page of the file."""
    home = tmp_path_factory.mktemp("written")
    sample.publish(home, sample.settings_only, generation=7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEATSHIFT_HOME", str(home))
        patch.setattr(journal, "now", lambda: sample.AS_OF)
        record(
            current(),
            LOCAL,
            Entry(
                segment="all", text="Pilot.", expected_outcome="+3 %", review_on=date(2027, 5, 1)
            ),
        )
        for number in range(MANY):
            record(current(), LOCAL, Entry(segment="all", page="decision", text=f"{number} " * 90))
    with closing(sqlite3.connect(home / NAME)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    for ending in ("-wal", "-shm"):
        (home / f"{NAME}{ending}").unlink(missing_ok=True)
    return home


@pytest.fixture
def home(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("SEATSHIFT_HOME", str(tmp_path))
    monkeypatch.setattr(journal, "now", lambda: sample.AS_OF)
    return tmp_path


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size * 6 // 10 // 4096 * 4096)


def cut_within_a_page(file: Path) -> None:
    os.truncate(file, file.stat().st_size * 6 // 10 // 4096 * 4096 + 77)


def spoilt_inside(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(file.stat().st_size // 2 // 4096 * 4096)
        stream.write(b"\xa5" * 4096)


def spoilt_log(file: Path) -> None:
    file.with_name(f"{NAME}-wal").write_bytes(b"\xa5" * 9000)


def emptied(file: Path) -> None:
    os.truncate(file, 0)


def emptied_beside_its_log(file: Path) -> None:
    _with_a_log(file)
    emptied(file)


def lost_beside_its_log(file: Path) -> None:
    _with_a_log(file)
    file.unlink()


def _with_a_log(file: Path) -> None:
    """The file with its latest entry in the log alone, as a process that was killed leaves it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "insert into entries select null, kind, written_at, author, segment,"
            " verdict, generation, data_as_of, 'latest', expected_outcome, review_on,"
            " page, period, account_id from entries where entry_id = 2"
        )
        connection.commit()
        log = file.with_name(f"{NAME}-wal")
        content = log.read_bytes()
    log.write_bytes(content)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "inside").write_text("kept")


def of_another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("create table entries (entry_id integer primary key, body text)")
        connection.execute("insert into entries values (1, 'kept')")
        connection.commit()


def a_link_to_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("moved-away"))


def garbage(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 40)


def garbage_that_begins_well(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\x00" + b"\xa5" * 9000)


# what is done to the file, what is said of it, and whether anything can be read all the same
DAMAGES: dict[Callable[[Path], None], tuple[str, bool]] = {
    garbage: ("is not an SQLite database", False),
    garbage_that_begins_well: ("is damaged|is truncated", False),
    cut: ("is truncated", True),
    cut_within_a_page: ("is truncated", True),
    spoilt_inside: ("is damaged", True),
    spoilt_log: ("has a damaged log of its latest entries, decisions.sqlite-wal", True),
    emptied: (r"is empty \(0 bytes\)", False),
    emptied_beside_its_log: (r"is empty \(0 bytes\)", False),
    lost_beside_its_log: ("is missing, but decisions.sqlite-wal", False),
    a_folder: ("is not a regular file", False),
    a_link_to_nothing: ("is a link to a file that is not there", False),
    of_another_program: ("its table entries has no column", False),
}


def content(home: Path) -> dict[str, bytes]:
    """Everything that could hold an entry; SQLite's index of the log holds none."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and "decisions" in str(path.relative_to(home))
        if not path.name.endswith("-shm") and path.stat().st_size
    }


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_named_in_one_sentence_and_nothing_is_overwritten(
    home: Path, damage: Callable[[Path], None]
) -> None:
    said, is_readable = DAMAGES[damage]
    damage(home / NAME)
    before = content(home)
    message = problem()
    assert message is not None and re.search(said, message), message
    assert one_sentence(message) and ("restore" in message or "move" in message), message
    found = rows(entries())
    assert bool(found) == is_readable
    assert (
        "what can still be read" in message
        if is_readable
        else "neither read nor written" in message
    )
    assert threshold_edits.log() == []
    for entry in (Entry(segment="all", text="one more"), Entry(segment="all", text="x" * 2000)):
        with pytest.raises(CannotWrite, match=said) as refused:
            record(current(), LOCAL, entry)
        assert one_sentence(str(refused.value))
    [finding] = [found for found in examine(home) if found["what"] == "decisions"]
    assert not finding["ok"] and re.search(said, finding["found"])
    assert content(home) == before


def one_sentence(text: str) -> bool:
    """No traceback, no second sentence, no folder of this machine; file names have dots, too."""
    return text.endswith(".") and ". " not in text and "\n" not in text and "/" not in text


def test_what_can_be_read_of_a_spoilt_file_is_all_but_its_spoilt_page(home: Path) -> None:
    spoilt_inside(home / NAME)
    found = [row["entry_id"] for row in rows(entries())]
    assert found == sorted(found, reverse=True)
    assert {1, 2, MANY, MANY + 1} <= set(found)
    assert MANY + 1 - 25 < len(found) < MANY + 1


def test_what_can_be_read_is_recovered_and_the_damaged_file_is_kept(home: Path) -> None:
    spoilt_inside(home / NAME)
    spoilt_log(home / NAME)
    before, readable = content(home), rows(entries())
    done = run("recover-decisions", "--home", home)
    assert done.returncode == 0, done.stderr
    assert problem() is None and look(home / NAME) is None
    assert rows(entries()) == readable
    [kept] = home.glob("decisions.damaged-*.sqlite")
    assert f"{len(readable)} decisions and notes" in done.stdout and kept.name in done.stdout
    assert kept.read_bytes() == before[NAME]
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == before[f"{NAME}-wal"]
    record(current(), LOCAL, Entry(segment="all", text="one more"))
    assert rows(entries())[0]["entry_id"] > readable[0]["entry_id"]
    # a second time there is nothing to recover, and a second damaged file does not take the first's
    # place
    assert "is intact" in run("recover-decisions", "--home", home).stderr
    spoilt_inside(home / NAME)
    recover(home / NAME)
    assert kept.read_bytes() == before[NAME]
    assert len(list(home.glob("decisions.damaged-*.sqlite"))) == 2


@pytest.mark.parametrize("damage", [garbage, emptied, a_folder, lost_beside_its_log])
def test_where_nothing_can_be_read_recovery_changes_nothing(
    home: Path, damage: Callable[[Path], None]
) -> None:
    damage(home / NAME)
    before = content(home)
    with pytest.raises(SeatshiftError, match=r"Nothing was changed: decisions\.sqlite is"):
        recover(home / NAME)
    assert content(home) == before


def test_a_log_that_a_killed_process_left_is_read_and_gone_on_with(home: Path) -> None:
    _with_a_log(home / NAME)
    assert problem() is None
    assert rows(entries())[0]["text"] == "latest"
    record(current(), LOCAL, Entry(segment="all", text="after it"))
    assert [row["text"] for row in rows(entries())[:2]] == ["after it", "latest"]


def test_rows_of_another_kind_are_passed_over_and_said(home: Path) -> None:
    with closing(sqlite3.connect(home / NAME)) as connection:
        for written_at, segment in (("yesterday", "all"), ("2026-01-01 00:00:00", b"\xff")):
            connection.execute(
                "insert into entries (kind, written_at, author, segment, generation, data_as_of,"
                " text) values ('note', ?, 'x', ?, 1, '2026-01-01', 'y')",
                (written_at, segment),
            )
        connection.commit()
    assert entries().num_rows == MANY + 1
    message = problem()
    assert message is not None and message.startswith("2 rows of decisions.sqlite cannot be read")
    record(current(), LOCAL, Entry(segment="all", text="the file itself is whole"))
    assert entries().num_rows == MANY + 2


def test_a_locked_file_holds_up_no_page(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PATIENCE_SECONDS", 0.2)
    with closing(sqlite3.connect(home / NAME)) as holder:
        holder.execute("pragma locking_mode = exclusive")
        holder.execute("begin exclusive")
        message = problem()
        assert (
            message is not None
            and "is locked by another program" in message
            and one_sentence(message)
        )
        assert entries().num_rows == 0
        with pytest.raises(CannotWrite, match=r"cannot be written \(database is locked\)"):
            record(current(), LOCAL, Entry(segment="all", text="x"))
    assert problem() is None
    assert entries().num_rows == MANY + 1


READ_AS_ANOTHER = """
import os
from dashboards.access import LOCAL
from dashboards.data.journal import CannotWrite, Entry, entries, problem, record
from dashboards.data.warehouse import current
if os.getuid() == 0:  # whom no mode of a file keeps out
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(problem()); print(entries().num_rows)
try:
    record(current(), LOCAL, Entry(segment="all", text="x"))
except CannotWrite as refused:
    print(refused)
"""


@pytest.fixture
def apart(written: Path) -> Iterator[Path]:
    """A home that other users of the machine get to."""
    folder = Path(subprocess.check_output(["mktemp", "-d", "-p", "/tmp"], text=True).strip())
    folder.chmod(0o755)
    home = folder / "home"
    shutil.copytree(written, home)
    yield home
    for path in (home, *home.rglob("*")):
        path.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("folder", "file", "said", "read"),
    [
        (0o555, 0o444, "None", MANY + 1),  # as on a disk that takes no writes
        (0o555, 0o000, "cannot be opened (permission denied)", 0),
    ],
)
def test_a_home_that_cannot_be_written_is_read_and_one_that_cannot_be_read_says_so(
    apart: Path, folder: int, file: int, said: str, read: int
) -> None:
    for path in (apart, *apart.rglob("*")):
        path.chmod(folder if path.is_dir() else 0o444)
    (apart / NAME).chmod(file)
    done = subprocess.run(
        [sys.executable, "-c", READ_AS_ANOTHER],
        capture_output=True,
        text=True,
        check=False,
        cwd=sample.ROOT,
        env={**os.environ, "SEATSHIFT_HOME": str(apart), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    message, count, refused = done.stdout.splitlines()
    assert said in message and int(count) == read
    assert refused.startswith("Nothing was saved: decisions.sqlite")


def test_who_reads_while_others_write_sees_no_fault(home: Path) -> None:
    snapshot = current()
    done: list[int] = []

    def write(number: int) -> None:
        record(snapshot, LOCAL, Entry(segment="all", text=f"{number} " * 300))
        done.append(number)

    message: set[str | None] = set()
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, number) for number in range(120)]
        while len(done) < len(writing) and not any(
            task.done() and task.exception() for task in writing
        ):
            message.add(problem())
        for task in writing:
            task.result()
    assert message == {None}
    assert entries().num_rows == MANY + 1 + len(writing)


# what the pages read beside the snapshot, whose build the sample calls so
OTHER_FILES = (
    "settings.toml",
    "reference/thresholds.csv",
    "var/builds/0123456789abcdef.audit.json",
    "var/builds/candidate.json",
    "var/snapshots/v000002.json",
    "var/refresh.lock",
    "var/gx/0123456789abcdef/gx/uncommitted/data_docs/local_site/index.html",
)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_figures_and_says_what_is_wrong_where_notes_stand(
    name: str,
    open_page: OpenPage,
    homes: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(homes["whole"], tmp_path / "home")
    garbage(tmp_path / "home" / NAME)
    for path in OTHER_FILES:
        place = tmp_path / "home" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        garbage(place)
    monkeypatch.setitem(homes, "damaged", tmp_path / "home")
    asked = {"account": "a01"} if name == "account" else {}
    whole, damaged = open_page(name, "whole", **asked), open_page(name, "damaged", **asked)
    assert not damaged.exception
    assert [one.value for one in damaged.subheader] == [one.value for one in whole.subheader]
    assert [one.value for one in damaged.metric] == [one.value for one in whole.metric]
    warned = [one.value for one in damaged.warning if "not an SQLite database" in one.value]
    # in the notes of the page, and on two of them where decisions and changes are listed
    assert len(warned) == (2 if name in ("decision", "triggers") else 1)


def test_a_decision_on_a_damaged_file_is_refused_on_the_page(
    open_page: OpenPage, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(homes["whole"], tmp_path / "home")
    monkeypatch.setitem(homes, "damaged", tmp_path / "home")
    monkeypatch.setattr(journal, "now", freshness.now)
    page = open_page("decision", "damaged")
    garbage(tmp_path / "home" / NAME)
    page.button(key="decision_open").click().run()
    page.text_input(key="decision_name").set_value("Ada Park")
    page.text_area(key="decision_text").set_value("Pilot it.")
    page.text_area(key="decision_expected").set_value("More.")
    # a browser runs the drawer alone again; here the whole page runs, with its button pressed
    page.button(key="decision_open").click()
    page.button(key="FormSubmitter:record_decision-Record decision").click().run()
    assert not page.exception
    assert "is not an SQLite database" in page.error[0].value
