"""What a build was made with: the code's own version and its libraries'."""

import hashlib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DBT_PROJECT = ROOT / "dbt_project"

# every file whose change may change a figure
CODE = (
    "dbt_project/**/*.sql",
    "dbt_project/**/*.yml",
    "orchestration/**/*.py",
    "orchestration/**/*.csv",
)
# written by dbt beside an analyst's work
NOT_CODE = ("dbt_project/target/", "dbt_project/logs/")

LIBRARIES = ("seatshift", "duckdb", "dbt-core", "dbt-duckdb", "dagster", "great-expectations")


def code_version(root: Path = ROOT) -> str:
    """One hash over the names and contents of the models and of the pipeline's code."""
    return _hash(root, CODE)


def models_version(root: Path = ROOT) -> str:
    """The same over the dbt project alone: a parsed manifest holds until it changes."""
    return _hash(root, tuple(pattern for pattern in CODE if pattern.startswith("dbt_project/")))


def library_versions() -> dict[str, str]:
    """The versions that a verdict names beside its evidence."""
    return {name: version(name) for name in LIBRARIES}


def _hash(root: Path, patterns: tuple[str, ...]) -> str:
    paths = {
        path.relative_to(root).as_posix(): path
        for pattern in patterns
        for path in root.glob(pattern)
    }
    total = hashlib.sha256()
    for name in sorted(paths):
        if name.startswith(NOT_CODE):
            continue
        total.update(f"{name}\0".encode())
        total.update(hashlib.sha256(paths[name].read_bytes()).digest())
    return total.hexdigest()
