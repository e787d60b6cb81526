"""Models built for tests, in this process.

What a test builds is what dbt executed for the small home, recorded once a state of the project
(tests/platform/test_recorded.py holds a replayed build to one by dbt). Anything else runs dbt.
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from orchestration.pipeline.dbt_runner import parse, run_dbt
from orchestration.pipeline.recorded import SHARED, RecordedNode, Recording, recording_in
from orchestration.platform.settings import load_settings
from orchestration.platform.warehouse import quoted
from orchestration.runs.refresh import refresh
from tests.platform.small_home import make_small_home


def dbt(warehouse: Path, *args: str, threads: int = 2) -> Any:
    """One dbt command on a warehouse file, its files beside it; dbt's own result."""
    folder = warehouse.parent / "dbt"
    manifest(folder)
    profile = {"SEATSHIFT_WAREHOUSE": str(warehouse), "SEATSHIFT_THREADS": str(threads)}
    return run_dbt(folder, profile, *args)


def manifest(folder: Path) -> Any:
    """The parsed project; no warehouse is opened for it."""
    return parse(folder, {"SEATSHIFT_WAREHOUSE": str(folder / "none.duckdb")})


@cache
def recorded() -> Recording:
    """The recording of the current models, made by the first test that needs it."""
    SHARED.mkdir(parents=True, exist_ok=True)
    with FileLock(SHARED / "tests.lock"):
        if recording_in(SHARED) is None:
            folder = Path(tempfile.mkdtemp())
            try:
                refresh(load_settings(make_small_home(folder / "home")))
            finally:
                shutil.rmtree(folder)
    found = recording_in(SHARED)
    assert found is not None, f"no recording was written to {SHARED}"
    return found


def build_models(warehouse: Path, *select: str, threads: int = 2) -> None:
    """Build the models: all of them (also `*`), those named, or `+name` with all that it reads.

    Any other selection is left to dbt.
    """
    if any(set(name) & set(":,") or name.endswith("+") for name in select):
        done = dbt(warehouse, "run", "--select", *select, threads=threads)
        assert done.success, [
            (result.node.name, result.message)
            for result in done.result or []
            if str(result.status) != "success"
        ] or done.exception
        return
    with duckdb.connect(":memory:", config={"threads": threads}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {quoted(str(warehouse))} as warehouse")
        connection.execute("use warehouse")
        for node in _selected(recorded(), select):
            connection.execute(f'create schema if not exists "{node.schema}"')
            shape = "view" if node.is_view else "table"
            connection.execute(f'drop {shape} if exists "{node.schema}"."{node.name}"')
            connection.execute(f"begin; {node.statement}; commit")


def _selected(recording: Recording, select: tuple[str, ...]) -> list[RecordedNode]:
    models = {(node.schema, node.name): node for node in recording.nodes if node.kind == "model"}
    if select in ((), ("*",)):
        return list(models.values())
    by_name = {node.name: node for node in models.values()}
    wanted: set[str] = set()

    def take(node: RecordedNode) -> None:
        if node.name not in wanted:
            wanted.add(node.name)
            for read in node.reads:
                if read in models:
                    take(models[read])

    for name in select:
        node = by_name[name.removeprefix("+")]
        if name.startswith("+"):
            take(node)
        else:
            wanted.add(node.name)
    return [node for node in models.values() if node.name in wanted]
