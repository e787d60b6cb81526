"""The demo company, refreshed once for the whole run and shared read-only by all workers."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.pipeline.build import build_path
from orchestration.platform.published import Pointer, read_pointer
from orchestration.platform.settings import Settings, load_settings
from orchestration.runs.refresh import refresh
from tests import builds as building
from tests.builds import builds
from tests.dbt_runs import recorded
from tests.platform.small_home import make_small_home
from tests.shared import copy_demo, once

# files that take minutes begin first, so that no worker is left with one at the end; what needs no
# refreshed home comes second, while another worker refreshes it
LONGEST = (
    "platform/test_incremental.py",
    "ingest/test_law_of_counts.py",
    "golden/test_models.py",
    "ingest/test_damage.py",
    "dashboards/test_browser.py",
    "whatif/test_gate.py",
    "whatif/test_whatif.py",
    "dashboards/test_pages.py",
    "dashboards/test_access.py",
    "platform/test_refresh.py",
    "platform/test_cli.py",
    "fault/test_publish_faults.py",
    "platform/test_backfill.py",
    "first_hour/test_first_hour.py",
    "platform/test_missing_exports.py",
    "whatif/test_solve.py",
    "platform/test_look_back.py",
    "golden/test_rating.py",
    "docs/test_tutorial.py",
    "metrics/test_figures.py",
)

ROOT = Path(__file__).resolve().parent.parent

# the commands write for the home's owner alone, and so do the homes that tests make
os.umask(0o077)

# a run in the background of a shell, or under nohup, is started with these ignored, and so would be
# every command that a test starts and then stops by them
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


building.watch()


# before pytest chooses by marker
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    building.mark(items)

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(ROOT / "tests").as_posix()
        return LONGEST.index(name) if name in LONGEST else len(LONGEST)

    items.sort(key=place)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    building.run(item)
    if item.get_closest_marker(building.MARKER):
        recorded()  # one worker runs dbt for all


@dataclass(frozen=True)
class PublishedHome:
    """A home after one refresh. Tests read it; a test that changes something copies it first."""

    settings: Settings
    pointer: Pointer

    @property
    def home(self) -> Path:
        return self.settings.home

    @property
    def snapshot(self) -> Path:
        return self.pointer.path(self.settings)

    @property
    def warehouse(self) -> Path:
        """The audited build file."""
        return build_path(self.settings, self.pointer.build_id)


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """AppTest leaves its script as the main module, which processes started later would import."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session")
@builds
def demo(tmp_path_factory: pytest.TempPathFactory) -> PublishedHome:
    """The shipped company, published."""

    def make(folder: Path) -> None:
        copy_demo(folder / "home")
        refresh(load_settings(folder / "home"))

    return _published(once(tmp_path_factory, "demo", make) / "home")


@pytest.fixture(scope="session")
def demo_home(demo: PublishedHome) -> Path:
    return demo.home


@pytest.fixture(scope="session")
def demo_snapshot(demo: PublishedHome) -> Path:
    return demo.snapshot


@pytest.fixture(scope="session")
def demo_warehouse(demo: PublishedHome) -> Path:
    return demo.warehouse


@pytest.fixture(scope="session")
@builds
def small(tmp_path_factory: pytest.TempPathFactory) -> PublishedHome:
    """Two accounts with the same figures every month, published."""

    def make(folder: Path) -> None:
        refresh(load_settings(make_small_home(folder / "home")))

    return _published(once(tmp_path_factory, "small", make) / "home")


@pytest.fixture
def small_copy(small: PublishedHome, tmp_path: Path) -> Settings:
    """A published small home of the test's own, to break."""
    home = tmp_path / "home"
    shutil.copytree(small.home, home, symlinks=True)
    return load_settings(home)


def _published(home: Path) -> PublishedHome:
    settings = load_settings(home)
    pointer = read_pointer(settings)
    assert pointer is not None
    return PublishedHome(settings=settings, pointer=pointer)
