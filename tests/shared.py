"""What takes long to make is made once in a run, whichever worker needs it first."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "dbt_project" / "models"
# what `make run` and the dashboard write into the demo home
WRITTEN = ("var", "verdicts.jsonl*", "decisions.sqlite*")


def public_model_files() -> list[Path]:
    """The yml file of every public model: marts and decision, without its private steps."""
    return sorted(
        path
        for layer in ("marts", "decision")
        for path in (MODELS / layer).rglob("*.yml")
        if "steps" not in path.parts
    )


def copy_demo(home: Path) -> None:
    """The demo home as it is in a fresh clone."""
    shutil.copytree(ROOT / "seeds", home, ignore=shutil.ignore_patterns(*WRITTEN))


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills; every worker of the run reads the same one."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"once_{name}"
    made = folder.with_suffix(".made")
    with FileLock(folder.with_suffix(".lock")):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder
