"""The versions of our code and of the libraries that a build uses."""

import hashlib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DBT_PROJECT = ROOT / "dbt_project"

# files whose change can change a figure
CODE = (
    "dbt_project/**/*.sql",
    "dbt_project/**/*.yml",
    "orchestration/**/*.py",
    "orchestration/**/*.csv",
)
# written by dbt when an analyst works in the project
NOT_CODE = ("dbt_project/target/", "dbt_project/logs/")

LIBRARIES = ("seatshift", "duckdb", "dbt-core", "dbt-duckdb", "dagster", "great-expectations")


def code_version(root: Path = ROOT) -> str:
    """A hash of the names and contents of the models and the pipeline code."""
    return _hash(root, CODE)


def models_version(root: Path = ROOT) -> str:
    """The same for the dbt project only: a parsed manifest is valid until it changes."""
    return _hash(root, tuple(pattern for pattern in CODE if pattern.startswith("dbt_project/")))


def library_versions() -> dict[str, str]:
    """The library versions shown with a verdict's evidence."""
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
