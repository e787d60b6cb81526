"""Publishing: the only step that changes what readers see, and only for a build that passed."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.pipeline.build import Candidate, build_path, passed_audit
from orchestration.pipeline.custom import SCHEMA as CUSTOM
from orchestration.pipeline.rating_chain import carried_selects, relations_of
from orchestration.pipeline.readable import write_readable
from orchestration.pipeline.reuse import Relation, same_relations
from orchestration.platform.errors import AuditRefused, SeatshiftError
from orchestration.platform.failures import explained, explained_text
from orchestration.platform.files import (
    read_json,
    replace_by_copy,
    sha256_of,
    sync_file,
    sync_folder,
    write_json,
)
from orchestration.platform.functions import make_functions
from orchestration.platform.private import umask_of
from orchestration.platform.progress import say
from orchestration.platform.published import (
    Pointer,
    generations,
    intact_generations,
    is_intact,
    read_pointer,
    write_pointer,
)
from orchestration.platform.reported import reported_generations, say_if_missing, write_down
from orchestration.platform.restore import restore
from orchestration.platform.settings import Settings
from orchestration.platform.verdict_file import move_to_home
from orchestration.platform.warehouse import open_memory, quoted

READ_ONLY = 0o440

# what readers get: the public models and the price book; the rest is for what-ifs
PUBLISHED_SCHEMAS = ("marts", "reference")
WHATIF_SCHEMAS = ("whatif", "staging", "intermediate")

# a what-if reads a few months of a charge, the dashboard often one account: with smaller row
# groups, more of them are skipped, and the rest is read by several threads
ROW_GROUP = 30720

# a what-if reads the bills of a few scenarios, the dashboard often those of one account
ORDER = {"fct_shadow_bills": "order by scenario_id, account_id, month"}


def publish(
    settings: Settings, candidate: Candidate, *, rolled_back_from: str | None = None
) -> Pointer:
    """Publish the audited build as the next generation.

    Raises AuditRefused unless this build id has a passed audit. A failure before the pointer moves
    leaves nothing behind; a failure after that is reported, and the next refresh completes it.
    """
    audit = _passed_audit(settings, candidate.build_id)
    _remove_unseen(settings)
    generation = _last_generation(settings) + 1
    name = f"v{generation:06d}"
    say(f"Publishing generation {generation}")
    try:
        aside = _write_snapshot(settings, build_path(settings, candidate.build_id), name)
        pointer = Pointer(
            generation=generation,
            file=f"{settings.snapshots.name}/{name}.duckdb",
            sha256=sha256_of(aside),
            build_id=candidate.build_id,
            as_of=candidate.as_of.isoformat(),
            audit=audit,
            published_at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
            rolled_back_from=rolled_back_from,
        )
        write_json(settings.snapshots / f"{name}.json", asdict(pointer))
        aside.replace(pointer.path(settings))
        sync_folder(settings.snapshots)
        write_pointer(settings, pointer)
    except BaseException:
        _take_away(settings, name)
        raise
    _finish_if_possible(settings, pointer)
    return pointer


def recover(settings: Settings) -> None:
    """Repair the state left by an earlier run or the disk, before a build; requires the lock.

    Restores a lost pointer and completes an interrupted publication. If the published snapshot
    cannot be opened, publishes it again from its audited build, if that still exists.
    """
    restore(settings)
    move_to_home(settings)
    finish(settings)
    pointer = read_pointer(settings)
    if pointer is None or is_intact(settings, pointer):
        return
    path = pointer.path(settings)
    say(f"the published snapshot {path} is {'damaged' if path.exists() else 'missing'}")
    build = build_path(settings, pointer.build_id)
    if not build.is_file() or passed_audit(settings, pointer.build_id) is None:
        return
    candidate = Candidate(build_id=pointer.build_id, as_of=pointer.as_of_moment)
    try:
        publish(settings, candidate, rolled_back_from=pointer.rolled_back_from)
    except duckdb.Error as error:
        if explained_text(str(error), settings) is not None:
            raise
        # the build is damaged, too; a new build will replace it
        say(f"{build} cannot be read: {error}")


def finish(settings: Settings) -> None:
    """The steps after the pointer has moved; safe to repeat after an interruption.

    Records the verdicts, gives analysts their copy of the build and deletes generations beyond
    the configured number.
    """
    pointer = read_pointer(settings)
    if pointer is None:
        return
    say_if_missing(settings, pointer)
    due = settings.var / "dev.due"  # exists until analysts have their copy
    if pointer.generation not in reported_generations(settings):
        due.touch()
        try:
            write_down(settings, pointer)
        except duckdb.Error:
            if is_intact(settings, pointer):
                raise
            say(f"The verdicts of generation {pointer.generation} are lost with its snapshot.")
    if due.exists():
        build = build_path(settings, pointer.build_id)
        if build.is_file():
            replace_by_copy(build, settings.var / "dev.duckdb")
        due.unlink()
    write_readable(settings, pointer)
    kept = generations(settings)[-max(settings.snapshots_kept, 1) :]
    names = {Path(entry.file).stem for entry in (*kept, pointer)}
    for path in settings.snapshots.glob("v*"):
        if path.stem not in names:
            path.unlink()
    audits = {entry.build_id for entry in (*kept, pointer)}
    for folder in (settings.var / "gx").glob("*"):
        if folder.name not in audits and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)


def rollback(settings: Settings, generation: int | None = None) -> Pointer:
    """Publish an earlier generation again: the given one, or the latest intact earlier one.

    The inputs of the generation rolled back from are not published again until something changes,
    unless its snapshot was lost.
    """
    restore(settings)
    move_to_home(settings)
    finish(settings)
    current = read_pointer(settings)
    existing = {entry.generation: entry for entry in generations(settings)}
    if current is None or not existing:
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet, so there is nothing to roll back to."
        )
    entry = (
        existing.get(generation) if generation is not None else _intact_before(settings, current)
    )
    if entry is None or not is_intact(settings, entry):
        intact = ", ".join(str(number) for number in intact_generations(settings)) or "none"
        if entry is not None:
            raise SeatshiftError(
                f"{entry.path(settings)} is damaged (its sha256 has changed); "
                f"roll back to an intact generation ({intact})."
            )
        wanted = "intact older generation" if generation is None else f"generation {generation}"
        raise SeatshiftError(f"There is no {wanted} to roll back to; intact generations: {intact}.")
    left = current.rolled_back_from
    if entry.generation != current.generation and is_intact(settings, current):
        left = current.build_id
    pointer = replace(entry, rolled_back_from=left)
    write_pointer(settings, pointer)
    _finish_if_possible(settings, pointer)
    return pointer


def _intact_before(settings: Settings, current: Pointer) -> Pointer | None:
    older = [entry for entry in generations(settings) if entry.generation < current.generation]
    return next((entry for entry in reversed(older) if is_intact(settings, entry)), None)


def _finish_if_possible(settings: Settings, pointer: Pointer) -> None:
    """Finish a publication; a full disk or the like is only reported, not raised."""
    try:
        finish(settings)
    except (OSError, duckdb.Error) as error:
        reason = explained(error, settings)
        if reason is None:
            raise
        say(
            f"Generation {pointer.generation} is published, but its verdicts are not recorded, or "
            f"{settings.var / 'dev.duckdb'} or {settings.var / 'published'} is not updated, "
            f"because {reason}; "
            "the next refresh completes this."
        )


def _take_away(settings: Settings, name: str) -> None:
    """Delete a generation that no reader has seen."""
    shown = (read_json(settings.pointer) or {}).get("file")
    if shown == f"{settings.snapshots.name}/{name}.duckdb":
        return
    for left in (*settings.snapshots.glob(f".{name}.*"), *settings.snapshots.glob(f"{name}.*")):
        left.unlink()


def _passed_audit(settings: Settings, identity: str) -> dict[str, object]:
    audit = passed_audit(settings, identity)
    if audit is None:
        raise AuditRefused(
            f"Build {identity} has no passed audit, so nothing is published; "
            "the snapshot published before stays."
        )
    return {
        "verdict": "PASS",
        "checks": len(audit["evidence"]),
        "warnings": sum(not finding["passed"] for finding in audit["evidence"]),
        "evidence": (settings.builds / f"{identity}.audit.json")
        .relative_to(settings.var)
        .as_posix(),
        "docs": audit["docs"],
    }


def _write_snapshot(settings: Settings, build: Path, name: str) -> Path:
    """Write what readers get of a build; tables as in the published snapshot are not written again.

    The new snapshot then starts as a copy of the published one, if that is intact and by the same
    code.
    """
    settings.snapshots.mkdir(parents=True, exist_ok=True)
    aside = settings.snapshots / f".{name}.tmp"
    aside.unlink(missing_ok=True)
    with open_memory(settings) as connection:
        connection.execute(f"attach {quoted(str(build))} as warehouse (read_only)")
        wanted = _wanted(connection)
        same = _in_published(settings, build, wanted, aside)
        connection.execute(f"attach {quoted(str(aside))} as snapshot (row_group_size {ROW_GROUP})")
        for schema in sorted({schema for schema, _ in wanted} | set(WHATIF_SCHEMAS)):
            connection.execute(f"create schema if not exists snapshot.{schema}")
        for schema, table in _tables(connection, "snapshot"):
            if (schema, table) not in same:
                connection.execute(f'drop table snapshot.{schema}."{table}"')
        for (schema, table), select in wanted.items():
            if (schema, table) not in same:
                connection.execute(f'create table snapshot.{schema}."{table}" as {select}')
        connection.execute("begin")  # each statement alone would be written to the disk
        for statement in _comments(connection, same):
            connection.execute(statement)
        connection.execute("commit")
        connection.execute("use snapshot")
        make_functions(connection)
        connection.execute("use memory")
        connection.execute("checkpoint snapshot")
        connection.execute("detach snapshot")
    if aside.with_name(f"{aside.name}.wal").exists():
        raise SeatshiftError(f"{aside} was not closed properly; nothing is published.")
    sync_file(aside)
    aside.chmod(READ_ONLY & ~umask_of(settings.home))
    return aside


def _wanted(connection: duckdb.DuckDBPyConnection) -> dict[Relation, str]:
    """The tables of a snapshot of `warehouse`, and the query of each."""
    tables = _tables(connection, "warehouse")
    if not any(schema == "marts" for schema, _ in tables):
        raise SeatshiftError("The build contains no public model; nothing is published.")
    wanted = {
        (schema, table): f'select * from warehouse.{schema}."{table}" {ORDER.get(table, "")}'
        for schema, table in tables
    }
    carried = {(schema, name): select for schema, name, select in carried_selects(connection)}
    return wanted | carried


def _in_published(
    settings: Settings,
    build: Path,
    wanted: Mapping[Relation, str],
    aside: Path,
) -> frozenset[Relation]:
    """The wanted tables whose rows the published snapshot already has; copies it to `aside`.

    If there is no intact snapshot, there are none and nothing is copied.
    """
    pointer = read_pointer(settings)
    if pointer is None or not is_intact(settings, pointer):
        return frozenset()
    unchanged = same_relations(build, build_path(settings, pointer.build_id))
    if not unchanged:
        return unchanged
    reads = relations_of(list(wanted.values()))
    same = frozenset(
        relation for relation, read in zip(wanted, reads, strict=True) if read <= unchanged
    )
    if same:
        shutil.copyfile(pointer.path(settings), aside)
    return same


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[Relation]:
    """The tables of a database that readers get, or what-ifs read."""
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = $database and list_contains($schemas, schema_name) order by all",
        {
            "database": database,
            "schemas": [*PUBLISHED_SCHEMAS, CUSTOM]
            + (["whatif"] if database == "warehouse" else list(WHATIF_SCHEMAS)),
        },
    ).fetchall()


def _comments(connection: duckdb.DuckDBPyConnection, have_theirs: frozenset[Relation]) -> list[str]:
    """dbt's descriptions; a reference table has that of the staging model that reads it."""
    found = connection.execute(
        """
        with described as (
            select schema_name, table_name as relation, null as column_name, comment
            from duckdb_tables() where database_name = 'warehouse'
            union all
            select schema_name, view_name, null, comment
            from duckdb_views() where database_name = 'warehouse'
            union all
            select schema_name, table_name, column_name, comment
            from duckdb_columns() where database_name = 'warehouse'
        ),
        named as (
            select
                if(schema_name = 'staging', 'reference', schema_name) as schema_name,
                if(schema_name = 'staging', relation[5:], relation) as relation,
                column_name,
                comment
            from described
            where comment is not null and (schema_name = 'marts' or starts_with(relation, 'stg_'))
        )
        select named.*
        from named
        inner join duckdb_columns() as copied
            on
                copied.database_name = 'snapshot'
                and copied.schema_name = named.schema_name
                and copied.table_name = named.relation
                and (named.column_name is null or copied.column_name = named.column_name)
        group by all
        order by all
        """
    ).fetchall()
    return [
        f'comment on table snapshot.{schema}."{relation}" is {quoted(comment)}'
        if column is None
        else f'comment on column snapshot.{schema}."{relation}"."{column}" is {quoted(comment)}'
        for schema, relation, column, comment in found
        if (schema, relation) not in have_theirs
    ]


def _last_generation(settings: Settings) -> int:
    pointer = read_pointer(settings)
    known = [entry.generation for entry in generations(settings)]
    return max([*known, *reported_generations(settings), pointer.generation if pointer else 0])


def _remove_unseen(settings: Settings) -> None:
    """Snapshots that were never published: their publication was interrupted."""
    pointer = read_pointer(settings)
    if pointer is None:
        return
    seen = reported_generations(settings) | {pointer.generation}
    for path in settings.snapshots.glob("v*.json"):
        if int(path.stem[1:]) > max(seen):
            path.with_suffix(".duckdb").unlink(missing_ok=True)
            path.unlink()
    for leftover in settings.snapshots.glob(".*.tmp*"):
        leftover.unlink()
