"""Runs dbt in this process: the project is parsed once for any number of warehouses."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbt import mp_context

from orchestration.platform.versions import DBT_PROJECT, models_version

# dbt only needs locks; those for spawned processes start a helper process that complains if ours
# is killed. dbt's classes create their locks when imported, so this must come first
mp_context._MP_CONTEXT = multiprocessing.get_context("fork")

# manifests by state of the dbt project; they do not depend on the warehouse
_PARSED: dict[str, Any] = {}


def run_dbt(
    folder: Path,
    profile: Mapping[str, str],
    *args: str,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:
    """Run one dbt command with its files under a folder; dbt's own result, good or bad.

    `profile` holds the environment variables that profiles.yml reads.
    """
    # dbt takes two seconds to import; a command that does not build need not wait for it
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    _prepare()
    (folder / "target").mkdir(parents=True, exist_ok=True)
    options = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": folder / "target",
        "--log-path": folder / "logs",
        "--log-level": "none",
        "--log-level-file": "info",
    }
    flat = [str(part) for pair in options.items() for part in pair]
    with _environment(profile):
        try:
            runner = dbtRunner(manifest=_PARSED.get(models_version()), callbacks=list(callbacks))
            return runner.invoke([*args, *flat, "--no-version-check"])
        finally:
            # dbt keeps its connection, and with it the file's write lock, until it is closed
            DuckDBConnectionManager.close_all_connections()


def parse(folder: Path, profile: Mapping[str, str]) -> Any:
    """The current manifest of the dbt project, which later runs of this process reuse.

    Raises what dbt raised where the project cannot be parsed.
    """
    version = models_version()
    if version not in _PARSED:
        outcome = run_dbt(folder, profile, "parse")
        if not outcome.success:
            raise outcome.exception or RuntimeError("dbt cannot parse its project")
        _PARSED.clear()
        _PARSED[version] = outcome.result
    return _PARSED[version]


def _prepare() -> None:
    """Keep dbt from waiting forever."""
    from dbt.graph.thread_pool import DbtThreadPool
    from dbt.task import runnable

    class OneByOne(DbtThreadPool):  # type: ignore[misc]
        """Re-raises an error of a node's thread in the thread that waits for it.

        dbt relies on a callback that is not called if the thread ends with an error, such as a
        lack of memory, and then waits for it with the lock held. One node is built at a time
        (`threads: 1`), so waiting for each costs nothing.
        """

        def apply_async(self, func: Any, args: Any = (), callback: Any = None) -> None:
            callback(super().apply_async(_outcome_of, (func, args)).get()())

    runnable.DbtThreadPool = OneByOne


def _outcome_of(func: Callable[..., Any], args: Sequence[Any]) -> Callable[[], Any]:
    """Call the function; the returned function gives its result or raises its error."""
    try:
        result = func(*args)
    except BaseException as error:
        raised = error  # Python unbinds the name at the end of the except clause

        def again() -> Any:
            raise raised

        return again
    return lambda: result


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
