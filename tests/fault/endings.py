"""Processes that are brought to a bad end, and disks that are too small."""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.platform.settings import Settings, load_settings

# what a script of a test begins with: the home it is given, and the build that is published
PRELUDE = """
    import os, signal, sys, threading, time
    from pathlib import Path
    from orchestration.cli import main as cli
    from orchestration.cli.shared import progress
    from orchestration.pipeline import publish
    from orchestration.platform import published
    from orchestration.pipeline.build import Candidate, build_path
    from orchestration.platform.settings import load_settings

    settings = load_settings(Path(sys.argv[1]))
    sys.argv = ["seatshift", "test", "--home", str(settings.home)]

    def publish_again():
        pointer = published.read_pointer(settings)
        with progress():
            publish.publish(settings, Candidate(pointer.build_id, pointer.as_of_moment))

    def command(step):
        # whatever a command does ends in the same way
        cli.app = step
        cli.main()
"""


def start(settings: Settings, script: str) -> subprocess.Popen[str]:
    """A process of its own that runs the script after the prelude; it may print `ready`."""
    text = textwrap.dedent(PRELUDE) + textwrap.dedent(script)
    return subprocess.Popen(
        [sys.executable, "-c", text, str(settings.home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run_to_end(settings: Settings, script: str) -> tuple[int, list[str]]:
    """The exit code of the script's process, and what it said on standard error."""
    process = start(settings, script)
    _, err = process.communicate(timeout=300)
    return process.returncode, err.splitlines()


def fill(folder: Path, leave: int) -> Path:
    """Take all space of the disk but some bytes; remove the file to give it back."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free - leave)
    return ballast


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own; the test is skipped where none can be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def home_on(disk: Path, home: Path) -> Settings:
    """A copy of the home on the disk, without its pages for people."""
    ignored = shutil.ignore_patterns("gx", "compiled", "run", "dev.duckdb")
    shutil.copytree(home, disk / "home", ignore=ignored)
    return load_settings(disk / "home")
