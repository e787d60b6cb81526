"""One warehouse for all golden cases, and one for those that bill in Berlin."""

from pathlib import Path

import pytest

from tests.golden.runner import build_berlin, build_warehouse


@pytest.fixture(scope="session")
def golden_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse file that holds every case, built once."""
    path = tmp_path_factory.mktemp("golden") / "golden.duckdb"
    build_warehouse(path)
    return path


@pytest.fixture(scope="session")
def berlin_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the company in Berlin, built once."""
    path = tmp_path_factory.mktemp("berlin") / "berlin.duckdb"
    build_berlin(path)
    return path
