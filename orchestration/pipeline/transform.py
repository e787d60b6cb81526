"""Runs the models and their tests against one build file."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.pipeline.dbt_runner import parse, run_dbt
from orchestration.pipeline.nodes import CompiledModel, NodeResult
from orchestration.pipeline.recorded import (
    RecordedNode,
    Recording,
    learn_nodes,
    read_recording,
    record,
    replay,
)
from orchestration.pipeline.reuse import (
    Contents,
    drop_models,
    published_build,
    remember,
    start_from,
)
from orchestration.platform.errors import AuditRefused, SeatshiftError
from orchestration.platform.failures import explained_text
from orchestration.platform.files import read_json, replace_by_copy, sha256_of
from orchestration.platform.progress import teller
from orchestration.platform.settings import Settings
from orchestration.platform.space import duckdb_memory_mb
from orchestration.platform.versions import models_version
from orchestration.platform.warehouse import open_warehouse

PARSE_KEPT = 3  # parsed manifests kept, one per state of the dbt project
SECONDS_BETWEEN_NEWS = 5.0


def building_path(settings: Settings) -> Path:
    """The file of a build in progress; always the same, or dbt would parse its project again."""
    return settings.builds / "building.duckdb"


@dataclass(frozen=True)
class Compiled:
    """Models in dependency order, and their tests by name."""

    models: tuple[CompiledModel, ...]
    tests: tuple[tuple[str, str], ...]


# by state of the dbt project and targets
_COMPILED: dict[tuple[str, tuple[str, ...]], Compiled] = {}


def parsed_manifest(settings: Settings) -> Path:
    """The current dbt manifest, parsed once per state of the project.

    Its name ends with its sha256: a damaged manifest is parsed again.
    """
    folder = _folder(settings) / "parsed"
    version = models_version()[:16]
    for manifest in folder.glob(f"{version}-*.json"):
        if manifest.is_file() and manifest.stem == f"{version}-{sha256_of(manifest)[:16]}":
            return manifest
    parsed = parse(_folder(settings), _profile(settings, building_path(settings)))
    written = _target(settings) / "manifest.json"
    parsed.write(str(written))
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / f"{version}-{sha256_of(written)[:16]}.json"
    replace_by_copy(written, manifest)
    for old in sorted(filter(Path.is_file, folder.glob("*.json")), key=_age)[:-PARSE_KEPT]:
        old.unlink()
    return manifest


def start_from_last_build(settings: Settings) -> None:
    """Begin the build in progress as a copy of the last published one, where that is possible."""
    last = published_build(settings)
    recording = read_recording(settings) if last is not None else None
    if last is not None and recording is not None:
        start_from(last, building_path(settings), recording.version)


def run_models(
    settings: Settings, warehouse: Path, report: Callable[[NodeResult], None] | None = None
) -> list[NodeResult]:
    """Build every model in the file and run every data test; return one result for each.

    `report` receives each result as soon as the model is built or the test has run. dbt does this
    once per state of the project; later builds repeat what it executed, and take over from the
    last build what has not changed. If something fails, dbt runs again on the sources alone,
    because it still builds what does not depend on the failure and reports everything.
    """
    recording = read_recording(settings)
    if recording is not None:
        results, known = _replayed(settings, warehouse, recording, report)
        if all(result.is_good for result in results):
            remember(warehouse, recording.version, known)
            return results
        drop_models(settings, warehouse)
    results = _built_by_dbt(settings, warehouse, report)
    if all(result.is_good for result in results):
        record(settings, _executed_nodes(settings, results))
        recording = read_recording(settings)
        if recording is not None:
            remember(warehouse, recording.version, learn_nodes(settings, warehouse, recording))
    return results


def _replayed(
    settings: Settings,
    warehouse: Path,
    recording: Recording,
    report: Callable[[NodeResult], None] | None,
) -> tuple[list[NodeResult], Contents]:
    narrator = _Narrator(len(recording.nodes))

    def done(result: NodeResult) -> None:
        narrator.done()
        if report:
            report(result)

    return replay(settings, warehouse, recording, done)


def _built_by_dbt(
    settings: Settings, warehouse: Path, report: Callable[[NodeResult], None] | None
) -> list[NodeResult]:
    outcome = _run(
        settings,
        warehouse,
        "build",
        "--exclude-resource-type",
        "unit_test",
        callbacks=[_Finished(report)] if report else [],
    )
    return _node_results(outcome)


def _executed_nodes(settings: Settings, results: Sequence[NodeResult]) -> list[RecordedNode]:
    """What dbt's latest run executed, in its order."""
    manifest = _manifest(settings)
    relations = _relations(manifest)
    found = []
    for result in results:
        node = manifest["nodes"][result.unique_id]
        found.append(
            RecordedNode(
                unique_id=result.unique_id,
                name=node["name"],
                kind=node["resource_type"],
                schema=node["schema"],
                is_view=node["config"]["materialized"] == "view",
                only_warns=(node["config"].get("severity") or "").lower() == "warn",
                reads=tuple(relations[read] for read in node["depends_on"]["nodes"]),
                sql=node["compiled_code"],
                statement=Path(node["build_path"]).read_text(encoding="utf-8"),
            )
        )
    return found


def compiled_for(settings: Settings, warehouse: Path, targets: Sequence[str]) -> Compiled:
    """The models and everything upstream of them, compiled and in dependency order.

    dbt's overhead per model exceeds the time of most models, so code that builds them many times
    runs the compiled SQL. Compiled once per process and state of the project.
    """
    key = (models_version(), tuple(targets))
    if key not in _COMPILED:
        select = [f"+{target}" for target in targets]
        outcome = _run(
            settings,
            warehouse,
            *("compile", "--quiet", "--select", *select, "--indirect-selection", "cautious"),
            *("--exclude", "resource_type:unit_test"),
        )
        if not outcome.success:
            raise outcome.exception or RuntimeError("dbt cannot compile its project")
        _COMPILED[key] = _ordered(settings, targets)
    return _COMPILED[key]


def run_compiled(settings: Settings, warehouse: Path, compiled: Compiled) -> list[NodeResult]:
    """Build compiled models in the file and run their tests, as dbt would.

    Failed tests and models are results, too; nothing is built after a failed model.
    """
    results: list[NodeResult] = []
    with open_warehouse(settings, warehouse) as connection:
        for schema in sorted({model.schema for model in compiled.models}):
            connection.execute(f'create schema if not exists "{schema}"')
        for model in compiled.models:
            shape = "view" if model.is_view else "table"
            try:
                connection.execute(f'create {shape} "{model.schema}"."{model.name}" as {model.sql}')
            except duckdb.Error as error:
                return [_sql_result(model.name, "model", "error", str(error))]
        for name, sql in compiled.tests:
            row = connection.execute(f"select count(*) from ({sql})").fetchone()
            failures = int(row[0]) if row else 0
            status = "fail" if failures else "pass"
            results.append(_sql_result(name, "test", status, "", failures))
    return results


def _sql_result(name: str, kind: str, status: str, message: str, failures: int = 0) -> NodeResult:
    return NodeResult(name, name, kind, status, message, failures, 0.0)


def _ordered(settings: Settings, targets: Sequence[str]) -> Compiled:
    """The targets and their ancestors, parents first, and the tests that concern only these."""
    nodes = (read_json(_target(settings) / "manifest.json") or {"nodes": {}})["nodes"]
    made: dict[str, CompiledModel] = {}

    def take(unique_id: str) -> None:
        node = nodes.get(unique_id)
        if node is None or unique_id in made or node["resource_type"] != "model":
            return
        for parent in node["depends_on"]["nodes"]:
            take(parent)
        made[unique_id] = CompiledModel(
            schema=node["schema"],
            name=node["name"],
            reads=(),
            is_view=node["config"]["materialized"] == "view",
            sql=node["compiled_code"],
        )

    for unique_id, node in nodes.items():
        if node["resource_type"] == "model" and node["name"] in targets:
            take(unique_id)
    tests = [
        (node["name"], node["compiled_code"])
        for node in nodes.values()
        if node["resource_type"] == "test"
        and node.get("compiled_code")
        and node["config"]["severity"].lower() == "error"
        and all(parent in made for parent in node["depends_on"]["nodes"])
    ]
    return Compiled(tuple(made.values()), tuple(tests))


def run_selected(settings: Settings, warehouse: Path, selected: Sequence[str]) -> list[NodeResult]:
    """Build some models in the file without their tests; raises what made dbt fail."""
    outcome = _run(settings, warehouse, "run", "--select", *selected)
    return _node_results(outcome)


def compiled_models(settings: Settings) -> list[CompiledModel]:
    """Every model as dbt compiled it, as recorded or in its latest run."""
    recording = read_recording(settings)
    if recording is not None:
        return recording.models
    manifest = _manifest(settings)
    relations = _relations(manifest)
    return [
        CompiledModel(
            schema=node["schema"],
            name=node["name"],
            reads=tuple(relations[read] for read in node["depends_on"]["nodes"]),
            is_view=node["config"]["materialized"] == "view",
            sql=node["compiled_code"],
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node.get("compiled_code")
    ]


def _manifest(settings: Settings) -> dict[str, Any]:
    """The manifest of dbt's latest run, with compiled code."""
    return read_json(_target(settings) / "manifest.json") or {"nodes": {}, "sources": {}}


def _relations(manifest: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Schema and name of every model and source, by unique id."""
    return {
        unique_id: (node["schema"], node["name"])
        for unique_id, node in (manifest["nodes"] | manifest["sources"]).items()
    }


def refuse_failed(
    settings: Settings, results: list[NodeResult], consequence: str = "Nothing is published"
) -> None:
    """Raise AuditRefused with one sentence per failed model or test, if there are any.

    Raises SeatshiftError if the machine failed, not the data: a full disk, too little memory.
    """
    bad = [result for result in results if result.status in ("error", "fail")]
    for result in bad:
        reason = explained_text(result.message, settings) if result.status == "error" else None
        if reason is not None:
            raise SeatshiftError(
                f"{consequence}, because {result.kind} {result.name} cannot be built: {reason}."
            )
    if bad:
        raise AuditRefused(
            "\n".join(
                [
                    f"{consequence}, because the build failed its own tests:",
                    *(_sentence(result) for result in bad),
                    f"Log: {_logs(settings) / 'dbt.log'}",
                ]
            )
        )


def _sentence(result: NodeResult) -> str:
    if result.kind == "test" and result.status == "fail":
        rows = "row breaks" if result.failures == 1 else "rows break"
        return f"- {result.failures} {rows} the test {result.name}."
    first_line = re.sub(r"\s+", " ", result.message).strip()
    return f"- {result.kind} {result.name} cannot be built: {first_line[:400]}"


def _node_results(outcome: Any) -> list[NodeResult]:
    """The results of a run; if there are none, raises what made dbt fail, or an interruption."""
    results = [_node_result(result) for result in getattr(outcome.result, "results", [])]
    if not results:
        raise outcome.exception or RuntimeError("dbt ended without building any model")
    return results


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        name=result.node.name,
        kind=str(result.node.resource_type),
        status=str(result.status),
        message=result.message or "",
        failures=result.failures or 0,
        seconds=result.execution_time or 0.0,
    )


def _run(
    settings: Settings,
    warehouse: Path,
    *args: str,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:
    return run_dbt(
        _folder(settings),
        _profile(settings, warehouse),
        *args,
        callbacks=[_Narrator(), *callbacks],
    )


def _profile(settings: Settings, warehouse: Path) -> dict[str, str]:
    spill = settings.var / "tmp"
    spill.mkdir(parents=True, exist_ok=True)
    return {
        "SEATSHIFT_WAREHOUSE": str(warehouse),
        "SEATSHIFT_MEMORY": f"{duckdb_memory_mb(settings)}MB",
        "SEATSHIFT_THREADS": str(max(settings.threads, 1)),
        "SEATSHIFT_SPILL": str(spill),
    }


class _Finished:
    """Passes on the result of each dbt node as soon as it finishes."""

    def __init__(self, report: Callable[[NodeResult], None]) -> None:
        self._report = report

    def __call__(self, event: Any) -> None:
        if event.info.name != "NodeFinished":
            return
        node, result = event.data.node_info, event.data.run_result
        self._report(
            NodeResult(
                unique_id=node.unique_id,
                name=node.node_name,
                kind=node.resource_type,
                status=result.status,
                message=result.message,
                failures=result.num_failures,
                seconds=result.execution_time,
            )
        )


class _Narrator:
    """Reports from time to time how many models and tests are done."""

    def __init__(self, total: int = 0) -> None:
        # dbt calls from the threads in which it builds
        self._say = teller()
        self._last = time.monotonic()
        self._done = 0
        self._total = total

    def __call__(self, event: Any) -> None:
        data = event.data
        self._total = getattr(data, "total", 0)
        if event.info.name in ("LogModelResult", "LogTestResult") and self._total:
            self.done(getattr(data, "index", 0))

    def done(self, number: int | None = None) -> None:
        """Count one more node, or so many, as done."""
        self._done = self._done + 1 if number is None else number
        if time.monotonic() - self._last >= SECONDS_BETWEEN_NEWS:
            self._last = time.monotonic()
            self._say(f"dbt: {self._done} of {self._total} models and tests")


def _folder(settings: Settings) -> Path:
    return settings.var / "dbt"


def _target(settings: Settings) -> Path:
    return _folder(settings) / "target"


def _logs(settings: Settings) -> Path:
    return _folder(settings) / "logs"


def _age(path: Path) -> float:
    return path.stat().st_mtime
