"""The dbt project's own manifest, parsed once."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What dbt reads out of the project's files; no warehouse is opened for it."""
    target = tmp_path_factory.mktemp("manifest")
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "parse",
            "--quiet",
            "--no-partial-parse",
            "--target-path",
            str(target),
            "--log-path",
            str(target),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "SEATSHIFT_WAREHOUSE": str(target / "none.duckdb"),
            "DBT_PROFILES_DIR": str(PROJECT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    parsed: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return parsed
