"""The dbt project's own manifest, parsed once."""

import json
from typing import Any

import pytest

from tests import dbt_runs
from tests.builds import builds


@pytest.fixture(scope="session")
@builds
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What dbt reads out of the project's files; no warehouse is opened for it."""
    folder = tmp_path_factory.mktemp("manifest")
    path = folder / "manifest.json"
    dbt_runs.manifest(folder).write(str(path))
    parsed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return parsed
