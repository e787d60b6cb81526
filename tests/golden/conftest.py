"""One warehouse for all golden cases."""

from pathlib import Path

import pytest

from tests.golden.runner import build_warehouse


@pytest.fixture(scope="session")
def golden_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse file that holds every case, built once."""
    path = tmp_path_factory.mktemp("golden") / "golden.duckdb"
    build_warehouse(path)
    return path
