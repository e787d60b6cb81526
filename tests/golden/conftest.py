"""One warehouse for all golden cases, and one for those that bill in Berlin."""

from pathlib import Path

import pytest

from tests.builds import builds
from tests.golden.runner import build_berlin, build_warehouse
from tests.shared import once


@pytest.fixture(scope="session")
@builds
def golden_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse file that holds every case, built once."""
    return (
        once(tmp_path_factory, "golden", lambda folder: build_warehouse(folder / "golden.duckdb"))
        / "golden.duckdb"
    )


@pytest.fixture(scope="session")
@builds
def berlin_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the company in Berlin, built once."""
    return (
        once(tmp_path_factory, "berlin", lambda folder: build_berlin(folder / "berlin.duckdb"))
        / "berlin.duckdb"
    )
