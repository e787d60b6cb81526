"""Models built for tests, in this process: the project is parsed once for all of them."""

from pathlib import Path
from typing import Any

from orchestration.pipeline.dbt_runner import parse, run_dbt


def dbt(warehouse: Path, *args: str, threads: int = 2) -> Any:
    """One dbt command on a warehouse file, its files beside it; dbt's own result."""
    folder = warehouse.parent / "dbt"
    manifest(folder)
    profile = {"SEATSHIFT_WAREHOUSE": str(warehouse), "SEATSHIFT_THREADS": str(threads)}
    return run_dbt(folder, profile, *args)


def manifest(folder: Path) -> Any:
    """The parsed project; no warehouse is opened for it."""
    return parse(folder, {"SEATSHIFT_WAREHOUSE": str(folder / "none.duckdb")})


def build_models(warehouse: Path, *select: str, threads: int = 2) -> None:
    """Build the models (all of them, or those that a selection names)."""
    chosen = ["--select", *select] if select else []
    done = dbt(warehouse, "run", *chosen, threads=threads)
    assert done.success, [
        (result.node.name, result.message)
        for result in done.result or []
        if str(result.status) != "success"
    ] or done.exception
