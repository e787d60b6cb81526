"""An analyst works as with any dbt project: from dbt_project/, with the shipped profile."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, PublishedHome


@pytest.fixture(scope="module")
def workplace(small: PublishedHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project beside a home, as in a clone, with the development copy in it."""
    root = tmp_path_factory.mktemp("analyst")
    ignored = shutil.ignore_patterns("target", "logs")
    shutil.copytree(ROOT / "dbt_project", root / "dbt_project", ignore=ignored)
    (root / "seeds" / "var").mkdir(parents=True)
    shutil.copyfile(small.settings.var / "dev.duckdb", root / "seeds" / "var" / "dev.duckdb")
    return root / "dbt_project"


def _dbt(workplace: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SEATSHIFT_")
    }
    return subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), *args],
        cwd=workplace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_first_example_of_the_readme_builds_one_mart(workplace: Path) -> None:
    done = _dbt(workplace, "build", "--select", "fct_account_accuracy")
    assert done.returncode == 0, done.stdout
    assert "1 table model" in done.stdout


def test_selected_models_build_with_their_tests(workplace: Path) -> None:
    done = _dbt(workplace, "build", "--select", "+fct_seat_ledger")
    assert done.returncode == 0, done.stdout
    assert "ERROR=0" in done.stdout


def test_the_documentation_describes_every_public_model(workplace: Path) -> None:
    done = _dbt(workplace, "docs", "generate", "--static")
    assert done.returncode == 0, done.stdout
    catalog = json.loads((workplace / "target" / "catalog.json").read_text(encoding="utf-8"))
    assert "model.seatshift.fct_shadow_bills" in catalog["nodes"]
    page = (workplace / "target" / "static_index.html").read_text(encoding="utf-8")
    assert "model.seatshift.fct_shadow_bills" in page
