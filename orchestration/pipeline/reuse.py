"""What a build takes over from the last published one: every model whose inputs have not changed.

A build starts as a copy of the last published build. A model is built again only if its statement
or the content of something that it reads has changed; if its own content then turns out the same,
nothing that reads it is built again for its sake. So a changed threshold rebuilds the verdicts and
not the bills, and the equality with a whole build follows from the models being functions of what
they read.

Next to each build lies what is known of its nodes, with the build's sha256: a build that the disk
damaged is not used, and everything is built again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingest import ledger
from orchestration.platform.files import read_json, replace_by_copy, sha256_of, write_text
from orchestration.platform.progress import say
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import Settings
from orchestration.platform.versions import code_version
from orchestration.platform.warehouse import WAREHOUSE, open_warehouse, quoted

Relation = tuple[str, str]  # schema and name

# schemas that are filled before the models are built
SOURCES = ("raw", "statistics", "reference")


@dataclass(frozen=True)
class Known:
    """`key` is a hash of what a node follows from; `digest` one of a model's rows, or its key."""

    key: str
    digest: str


def published_build(settings: Settings) -> Path | None:
    """The file of the published build, if it still exists."""
    pointer = read_pointer(settings)
    build = settings.builds / f"{pointer.build_id}.duckdb" if pointer else None
    return build if build is not None and build.is_file() else None


def start_from(last: Path, building: Path, version: str) -> None:
    """Copy the last published build, if it is intact and its models are of this version."""
    known = read_json(_nodes_path(last)) or {}
    if known.get("version") != version:
        return
    if known.get("sha256") != sha256_of(last):
        say(f"{last} is damaged, so every model is built again.")
        return
    replace_by_copy(last, building)
    write_text(_nodes_path(building), json.dumps(known))


def last_build(building: Path, version: str) -> Mapping[str, Known]:
    """What is known of the nodes in a build that has just been started, by unique id.

    It can be read once: from now on the models are built, and it would be wrong after a crash.
    """
    known = read_json(_nodes_path(building)) or {}
    forget(building)
    if known.get("version") != version:
        return {}
    return {name: Known(*entry) for name, entry in known["nodes"].items()}


def remember(building: Path, version: str, what: "Contents") -> None:
    """Write what is known of a build whose models and tests are complete."""
    known = {
        "version": version,
        "code": code_version(),
        "nodes": {name: [node.key, node.digest] for name, node in what.nodes.items()},
        "relations": {".".join(name): digest for name, digest in what.digests.items()},
    }
    write_text(_nodes_path(building), json.dumps(known))


def same_relations(build: Path, before: Path) -> frozenset[Relation]:
    """The relations of equal content in two finished builds by the same code; none if unknown."""
    now, then = (read_json(_nodes_path(path)) or {} for path in (build, before))
    if not now or any(now.get(name) != then.get(name) for name in ("version", "code")):
        return frozenset()
    return frozenset(
        _relation(name)
        for name, digest in now["relations"].items()
        if then["relations"].get(name) == digest
    )


def seal(building: Path, build: Path) -> None:
    """Move what is known of the nodes next to the finished build, with the build's sha256."""
    known = read_json(_nodes_path(building)) or {}
    write_text(_nodes_path(build), json.dumps(known | {"sha256": sha256_of(build)}))
    forget(building)


def forget(build: Path) -> None:
    """Delete what is known of a build's nodes."""
    _nodes_path(build).unlink(missing_ok=True)


class Contents:
    """What is known of a build in progress, for all of its threads.

    `digests` has the content of every relation so far, `nodes` every good node by unique id.
    """

    def __init__(self, settings: Settings) -> None:
        self._files = {
            record.file_id: record.digest
            for record in ledger.read_all(settings)
            if not record.is_refused
        }
        self.digests: dict[Relation, str] = {}
        self.nodes: dict[str, Known] = {}
        self._files_of_exports: set[Relation] = set()

    def learn_sources(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take the digest of every relation that ingest provides.

        Of a view, which reads Parquet files, it covers the definition and the digests of its files.
        """
        tables = connection.execute(
            f"select schema_name, table_name from duckdb_tables() "
            f"where database_name = '{WAREHOUSE}' and schema_name in {SOURCES} order by all"
        ).fetchall()
        for relation in tables:
            self.digests[relation] = _digest(connection, relation)
        views = connection.execute(
            f"select schema_name, view_name, sql from duckdb_views() "
            f"where database_name = '{WAREHOUSE}' and schema_name in {SOURCES} order by all"
        ).fetchall()
        for schema, name, sql in views:
            files = [digest for file_id, digest in self._files.items() if file_id in sql]
            self.digests[schema, name] = _hash(
                sql, self.digests.get(("raw", "fates"), ""), *sorted(files)
            )
            self._files_of_exports.add((schema, name))

    def key(self, statement: str, reads: Iterable[Relation]) -> str:
        """A hash of what a node follows from: its statement and the content of what it reads."""
        inputs = sorted(f"{schema}.{name} {self.digests[schema, name]}" for schema, name in reads)
        return _hash(statement, *inputs)

    def take_over(self, relation: Relation, known: Known) -> None:
        """The relation is as it was."""
        self.digests[relation] = known.digest

    def learn(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        key: str,
        reads: Iterable[Relation],
        *,
        is_view: bool,
    ) -> Known:
        """The relation has just been built; a view of the exports' files is not read for this."""
        is_of_files = is_view and not self._files_of_exports.isdisjoint(reads)
        digest = key if is_of_files else _digest(connection, relation)
        self.digests[relation] = digest
        return Known(key, digest)


def drop_models(settings: Settings, building: Path) -> None:
    """Leave only what the build's models are built from."""
    with open_warehouse(settings, building) as connection:
        schemas = connection.execute(
            f"select schema_name from duckdb_schemas() where database_name = '{WAREHOUSE}' "
            f"and not internal and schema_name not in {('main', *SOURCES)}"
        ).fetchall()
        for (schema,) in schemas:
            connection.execute(f'drop schema "{schema}" cascade')
    forget(building)


def drop_relation(connection: duckdb.DuckDBPyConnection, relation: Relation) -> None:
    """Drop the table or view if there is one."""
    schema, name = relation
    found = connection.execute(
        "select 'table' from duckdb_tables() "
        "where database_name = $database and schema_name = $schema and table_name = $name "
        "union all select 'view' from duckdb_views() "
        "where database_name = $database and schema_name = $schema and view_name = $name",
        {"database": WAREHOUSE, "schema": schema, "name": name},
    ).fetchone()
    if found:
        connection.execute(f'drop {found[0]} "{schema}"."{name}"')


def _digest(connection: duckdb.DuckDBPyConnection, relation: Relation) -> str:
    """A hash of the relation's columns and rows, in any order."""
    schema, name = relation
    columns = connection.execute(
        "select string_agg(column_name || ' ' || data_type, ', ' order by column_index) "
        "from duckdb_columns() where database_name = $database and schema_name = $schema "
        "and table_name = $name",
        {"database": WAREHOUSE, "schema": schema, "name": name},
    ).fetchone()
    rows = connection.execute(
        f"select count(*), sum(hash(every)), bit_xor(hash(every, {quoted(name)})) "
        f'from "{schema}"."{name}" as every'
    ).fetchone()
    return _hash(str(columns), str(rows))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:32]


def _relation(name: str) -> Relation:
    schema, _, relation = name.partition(".")
    return schema, relation


def _nodes_path(build: Path) -> Path:
    return build.with_suffix(".nodes.json")
