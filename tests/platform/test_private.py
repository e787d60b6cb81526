"""What a home holds is for its owner, or for the group that it is shared with."""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.homes.doctor import examine
from orchestration.homes.threshold_changes import thresholds_text, write_thresholds
from orchestration.platform.private import close_to_others, left_open, umask_of, write_privately
from orchestration.platform.settings import Settings, load_settings
from tests.cli_runs import run, spawn
from tests.platform.small_home import make_small_home

WRITTEN = {
    "var": 0o755,
    "var/current.json": 0o644,
    "var/snapshots": 0o775,
    "var/snapshots/v000001.duckdb": 0o444,
    "var/gx/0123/page.html": 0o664,
    "decisions.sqlite": 0o644,
    "decisions.sqlite-wal": 0o644,
    "decisions.sqlite-shm": 0o644,
    "decisions.damaged-20261101-000000.sqlite": 0o644,
    "verdicts.jsonl": 0o644,
    "drafts/mine/plans.csv": 0o644,
}
GIVEN = {"exports/usage_events.csv": 0o644, "reference/plans.csv": 0o664, "settings.toml": 0o644}


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home as umask 022 made it, in a folder that every user of the machine may look into."""
    with tempfile.TemporaryDirectory(prefix="seatshift-open-", dir="/tmp") as name:
        home = Path(name) / "home"
        for path, mode in (WRITTEN | GIVEN).items():
            place = home / path
            if "." in place.name:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text("")
            else:
                place.mkdir(parents=True)
            place.chmod(mode)
        for folder in (Path(name), home, *(p for p in home.rglob("*") if p.is_dir())):
            folder.chmod(0o755)
        yield home


def modes(home: Path) -> dict[str, int]:
    """Of files and folders; a link has no mode that anything goes by."""
    return {
        path.relative_to(home).as_posix(): stat.S_IMODE(path.lstat().st_mode)
        for path in home.rglob("*")
        if not path.is_symlink()
    }


def test_what_an_earlier_version_left_open_is_closed_and_said_once(open_home: Path) -> None:
    outside = open_home.parent / "elsewhere.csv"
    outside.write_text("")
    outside.chmod(0o644)
    (open_home / "var" / "link").symlink_to(outside)
    given = {name: mode for name, mode in modes(open_home).items() if name in GIVEN}
    said = close_to_others(open_home, open_home / "var")
    assert said is not None and said.startswith("Removed ") and said.count(".") == 1
    found = modes(open_home)
    for name, mode in found.items():
        if name.startswith(("var", "decisions", "verdicts", "drafts")) and name != "var/link":
            assert mode & 0o077 == 0, name
    assert found["var/snapshots/v000001.duckdb"] == 0o400
    assert found["decisions.sqlite-wal"] == 0o600
    assert {name: found[name] for name in GIVEN} == given
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert close_to_others(open_home, open_home / "var") is None


def test_a_home_that_its_group_may_write_stays_the_group_s(open_home: Path) -> None:
    open_home.chmod(0o2770)
    assert umask_of(open_home) == 0o007
    close_to_others(open_home, open_home / "var")
    found = modes(open_home)
    assert found["var"] == 0o750 and found["var/snapshots/v000001.duckdb"] == 0o440
    assert found["decisions.sqlite"] == 0o640
    assert all(mode & 0o007 == 0 for name, mode in found.items() if name.startswith("var"))


def test_doctor_says_what_others_can_open_and_what_to_do(open_home: Path) -> None:
    written, given = left_open(open_home, open_home / "var")
    assert "run `seatshift refresh` to fix" in written
    assert "exports, reference, settings.toml" in given and f"chmod -R o-rwx {open_home}" in given
    [finding] = [found for found in examine(open_home) if found["what"] == "readers"]
    assert not finding["ok"] and given in finding["found"]
    close_to_others(open_home, open_home / "var")
    assert left_open(open_home, open_home / "var") == [given]
    # if nobody can open the home, the permissions inside it do not matter
    open_home.chmod(0o700)
    assert left_open(open_home, open_home / "var") == []
    [finding] = [found for found in examine(open_home) if found["what"] == "readers"]
    assert finding["ok"] and "only its owner" in finding["found"]


def test_init_makes_a_home_for_its_owner_alone(tmp_path: Path) -> None:
    for folder in ("new", "there"):
        home = tmp_path / folder
        if folder == "there":
            home.mkdir(mode=0o755)
        before = os.umask(0o022)
        try:
            assert run("init", home).returncode == 0
        finally:
            os.umask(before)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        for name, mode in modes(home).items():
            assert mode & 0o077 == 0, name


@pytest.mark.parametrize(("mode", "umask"), [(0o755, 0o077), (0o2770, 0o007)])
def test_a_process_writes_for_the_home_s_readers(tmp_path: Path, mode: int, umask: int) -> None:
    tmp_path.chmod(mode)
    before = os.umask(0o022)
    try:
        write_privately(tmp_path)
        (tmp_path / "file").write_text("")
    finally:
        assert os.umask(before) == umask
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o666 & ~umask


def test_a_changed_thresholds_file_keeps_its_readers(tmp_path: Path) -> None:
    home = load_settings(make_small_home(tmp_path / "home"))
    path = home.reference / "thresholds.csv"
    path.write_text("name,fires_at\n")
    path.chmod(0o640)
    write_thresholds(home, f"{thresholds_text(home)}# changed\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_refresh_closes_an_existing_home_and_says_so_once(small_copy: Settings) -> None:
    for path in (small_copy.var, *small_copy.var.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (small_copy.home / "exports").chmod(0o755)
    first = spawn("refresh", "--home", small_copy.home)
    assert first.returncode == 0, first.stderr
    assert len([line for line in first.stderr.splitlines() if "Removed " in line]) == 1
    assert all(mode & 0o077 == 0 for name, mode in modes(small_copy.var).items())
    assert stat.S_IMODE((small_copy.home / "exports").stat().st_mode) == 0o755
    assert close_to_others(small_copy.home, small_copy.var) is None


@pytest.mark.soak
def test_nothing_that_a_first_refresh_and_a_what_if_write_is_open(tmp_path: Path) -> None:
    home = make_small_home(tmp_path / "home")
    home.chmod(0o755)
    command = [sys.executable, "-m", "orchestration.cli"]
    price = ["outcome", "--price", "charges.work.unit_amount=1..5"]
    for words in (["refresh"], ["solve", *price, "--save", str(home / "drafts" / "found")]):
        subprocess.run(
            ["sh", "-c", 'umask 022; exec "$@"', "sh", *command, *words, "--home", home],
            check=True,
            timeout=900,
        )
    found = modes(home)
    assert "var/current.json" in found
    assert "drafts/found/charges.csv" in found
    for name, mode in found.items():
        assert not name.startswith(("var", "drafts")) or mode & 0o077 == 0, name
