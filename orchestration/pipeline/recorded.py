"""What dbt executed to build and test the models, recorded once per state of the project.

dbt spends several times as long on a model of a small home as DuckDB does: it renders the SQL,
compares contracts, plans and logs. None of this depends on the data, so later builds execute the
recorded statements themselves, in dbt's order. A recording is valid for the same models and the
same versions of dbt and DuckDB. A build in which a recorded model or test fails is left to dbt,
which reports it.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from orchestration.pipeline.nodes import UNCHANGED, CompiledModel, NodeResult
from orchestration.pipeline.reuse import Contents, Known, drop_relation, last_build
from orchestration.platform.files import write_text
from orchestration.platform.settings import Settings
from orchestration.platform.side_by_side import side_by_side
from orchestration.platform.versions import DBT_PROJECT, library_versions, models_version
from orchestration.platform.warehouse import cursor_of, open_warehouse

KEPT = 3  # recordings kept in a folder, one per state of the project
# where homes of one installation share recordings; dbt's own folder for generated files
SHARED = DBT_PROJECT / "target" / "recorded"


@dataclass(frozen=True)
class RecordedNode:
    """One model or data test: `statement` is what dbt executed, `sql` the compiled SELECT.

    `reads` lists relations, including sources, as schema and name. The statement of a test returns
    the number of failures, whether to warn and whether to fail.
    """

    unique_id: str
    name: str
    kind: str
    schema: str
    is_view: bool
    only_warns: bool
    reads: tuple[tuple[str, str], ...]
    sql: str
    statement: str

    @property
    def relation(self) -> tuple[str, str]:
        return self.schema, self.name

    @property
    def compiled(self) -> CompiledModel:
        return CompiledModel(self.schema, self.name, self.reads, self.is_view, self.sql)


@dataclass(frozen=True)
class Recording:
    """All nodes of a build, in the order in which dbt executed them.

    `version` is that of the models and of all that turns them into statements.
    """

    version: str
    nodes: tuple[RecordedNode, ...]

    @property
    def models(self) -> list[CompiledModel]:
        """The models as dbt compiled them, each after what it reads."""
        return [node.compiled for node in self.nodes if node.kind == "model"]

    @property
    def needs(self) -> dict[str, list[str]]:
        """The models that each node waits for, by unique id, in dbt's order."""
        made = {node.relation: node.unique_id for node in self.nodes if node.kind == "model"}
        return {
            node.unique_id: [made[read] for read in node.reads if read in made]
            for node in self.nodes
        }


def read_recording(settings: Settings) -> Recording | None:
    """The recording of the current models, the home's own or a shared one; None if neither exists.

    A recording's name ends with its sha256: a damaged one does not count.
    """
    return recording_in(*_folders(settings))


def recording_in(*folders: Path) -> Recording | None:
    """The first valid recording of the current models in these folders."""
    version = _version()
    for folder in folders:
        for path in sorted(folder.glob(f"{version}-*.json")):
            found = _recording(path, version) if path.is_file() else None
            if found is not None:
                return found
    return None


def record(settings: Settings, nodes: list[RecordedNode]) -> None:
    """Store what dbt executed in a complete run, in the home and for other homes."""
    content = json.dumps([asdict(node) for node in nodes])
    name = f"{_version()}-{hashlib.sha256(content.encode()).hexdigest()[:16]}.json"
    for folder in _folders(settings):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_text(folder / name, content)
        except PermissionError:  # an installation that its users cannot write to
            continue
        for old in sorted(folder.glob("*.json"), key=_age)[:-KEPT]:
            old.unlink(missing_ok=True)  # other processes clean up, too


def replay(
    settings: Settings,
    warehouse: Path,
    recording: Recording,
    report: Callable[[NodeResult], None],
) -> tuple[list[NodeResult], Contents]:
    """Execute the statements in the file, as many at a time as DuckDB has threads.

    What the file already has is left as it is where a node's statement and inputs have not
    changed. A model waits for what it reads, because most models of a small home are planned for
    longer than they run, which uses one thread; after one that fails, no further one starts.
    `report` receives each good result. Failed tests and models are results, too; they are in the
    recorded order. Also returns what is now known of the file.
    """
    nodes = {node.unique_id: node for node in recording.nodes}
    results: dict[str, NodeResult] = {}
    with open_warehouse(settings, warehouse) as connection:
        for schema in sorted({node.schema for node in recording.nodes if node.kind == "model"}):
            connection.execute(f'create schema if not exists "{schema}"')
        cursors = [cursor_of(connection) for _ in range(max(settings.threads, 1))]
        player = _Player(settings, connection, last_build(warehouse, recording.version))
        executed = side_by_side(
            recording.needs,
            cursors,
            lambda cursor, name: player.executed(cursor, nodes[name]),
            lambda result: result.is_good,
        )
        for name, result in executed:
            results[name] = result
            if result.is_good:
                report(result)
    return [results[name] for name in nodes if name in results], player.contents


def learn_nodes(settings: Settings, warehouse: Path, recording: Recording) -> Contents:
    """What there is to know of a build that dbt made."""
    with open_warehouse(settings, warehouse) as connection:
        contents = Contents(settings)
        contents.learn_sources(connection)
        for node in recording.nodes:
            key = contents.key(node.statement, node.reads)
            contents.nodes[node.unique_id] = (
                contents.learn(connection, node.relation, key, node.reads, is_view=node.is_view)
                if node.kind == "model"
                else Known(key, "")
            )
    return contents


class _Player:
    """Executes nodes in several threads, each with a cursor of its own."""

    def __init__(
        self, settings: Settings, connection: duckdb.DuckDBPyConnection, last: Mapping[str, Known]
    ) -> None:
        self._last = last
        self.contents = Contents(settings)
        self.contents.learn_sources(connection)

    def executed(self, cursor: duckdb.DuckDBPyConnection, node: RecordedNode) -> NodeResult:
        """The result of a node, executed only if it does not follow from the same as before."""
        key = self.contents.key(node.statement, node.reads)
        before = self._last.get(node.unique_id)
        if before is not None and before.key == key:
            self.contents.nodes[node.unique_id] = before
            if node.kind == "model":
                self.contents.take_over(node.relation, before)
            status = "success" if node.kind == "model" else "pass"
            return NodeResult(
                node.unique_id, node.name, node.kind, status, UNCHANGED, failures=0, seconds=0.0
            )
        result = execute(cursor, node)
        if node.kind == "model" and result.is_good:
            self.contents.nodes[node.unique_id] = self.contents.learn(
                cursor, node.relation, key, node.reads, is_view=node.is_view
            )
        elif result.status == "pass":  # a test that warned warns again
            self.contents.nodes[node.unique_id] = Known(key, "")
        return result


def execute(cursor: duckdb.DuckDBPyConnection, node: RecordedNode) -> NodeResult:
    """Build the model, in place of the one that there may be, or run the test."""
    started = time.monotonic()
    status, message, failures = "success", "", 0
    try:
        if node.kind == "model":
            cursor.execute("begin")
            drop_relation(cursor, node.relation)
            cursor.execute(f"{node.statement}; commit")
        else:
            status, failures = _tested(cursor, node)
    except duckdb.Error as error:
        status, message = "error", str(error)
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        kind=node.kind,
        status=status,
        message=message,
        failures=failures,
        seconds=time.monotonic() - started,
    )


def _tested(connection: duckdb.DuckDBPyConnection, node: RecordedNode) -> tuple[str, int]:
    failures, should_warn, should_fail = connection.execute(node.statement).fetchall()[0]
    if should_fail and not node.only_warns:
        return "fail", int(failures)
    return "warn" if should_warn or should_fail else "pass", int(failures)


def _folders(settings: Settings) -> tuple[Path, ...]:
    return (settings.var / "dbt" / "recorded", SHARED)


def _version() -> str:
    """The state of the models and of all that turns them into statements."""
    return hashlib.sha256(f"{models_version()} {library_versions()}".encode()).hexdigest()[:16]


def _recording(path: Path, version: str) -> Recording | None:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest()[:16] != path.stem.rpartition("-")[2]:
        return None
    nodes = json.loads(content)
    return Recording(
        version,
        tuple(
            RecordedNode(**{**node, "reads": tuple(tuple(read) for read in node["reads"])})
            for node in nodes
        ),
    )


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has just deleted it
        return 0.0
