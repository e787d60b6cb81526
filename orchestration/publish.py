"""Publishing: the only step that touches what readers see, and only on a PASS for this build."""

import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.build import Candidate, build_path
from orchestration.errors import AuditRefused, SeatshiftError
from orchestration.files import (
    read_json,
    replace_by_copy,
    sha256_of,
    sync_file,
    sync_folder,
    write_json,
)
from orchestration.private import umask_of
from orchestration.progress import say
from orchestration.published import Pointer, generations, read_pointer, write_pointer
from orchestration.rating_chain import carried_selects
from orchestration.settings import Settings
from orchestration.told import told_generations, write_down
from orchestration.warehouse import open_memory, quoted

READ_ONLY = 0o440

# what readers get: the public models, and the price book; the rest is what the what-if runs on
PUBLISHED_SCHEMAS = ("marts", "reference")
WHATIF_SCHEMAS = ("whatif", "staging", "intermediate")

# a what-if reads few months of a charge, the dashboard often one account: of smaller groups of rows
# more are passed over, and what is left is read by more than one thread
ROW_GROUP = 30720

# a what-if reads the bills of few scenarios, the dashboard often those of one account
ORDER = {"fct_shadow_bills": "order by scenario_id, account_id, month"}


def publish(settings: Settings, candidate: Candidate) -> Pointer:
    """Publish the audited build as the next generation and show it to readers.

    Raises AuditRefused unless a PASS for exactly this build id is on file; the old generation
    then stands.
    """
    audit = _passed_audit(settings, candidate.build_id)
    _remove_unseen(settings)
    generation = _last_generation(settings) + 1
    name = f"v{generation:06d}"
    path = settings.snapshots / f"{name}.duckdb"
    say(f"Publishing generation {generation}")
    aside = _write_snapshot(settings, build_path(settings, candidate.build_id), name)
    pointer = Pointer(
        generation=generation,
        file=path.relative_to(settings.var).as_posix(),
        sha256=sha256_of(aside),
        build_id=candidate.build_id,
        as_of=candidate.as_of.isoformat(),
        audit=audit,
        published_at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
    )
    write_json(path.with_suffix(".json"), asdict(pointer))
    aside.replace(path)
    sync_folder(settings.snapshots)
    write_pointer(settings, pointer)
    finish(settings)
    return pointer


def finish(settings: Settings) -> None:
    """What follows the pointer; repeated harmlessly where a publication was cut short after it.

    Writes down the verdicts as told, gives analysts their copy of the build and removes the
    generations beyond those kept.
    """
    pointer = read_pointer(settings)
    if pointer is None:
        return
    if pointer.generation not in told_generations(settings):
        write_down(settings, pointer)
        build = build_path(settings, pointer.build_id)
        if build.is_file():
            replace_by_copy(build, settings.var / "dev.duckdb")
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
    """Show readers a kept generation again: the given one, or the one before the current.

    The inputs of the generation that is left are not published again until something changes.
    """
    finish(settings)
    current = read_pointer(settings)
    kept = {entry.generation: entry for entry in generations(settings)}
    if current is None or not kept:
        raise SeatshiftError(
            f"Nothing is published in {settings.home} yet: there is nothing to roll back to."
        )
    older = [number for number in kept if number < current.generation]
    target = generation if generation is not None else max(older, default=None)
    if target is None or target not in kept:
        wanted = "an older generation" if target is None else f"generation {target}"
        raise SeatshiftError(
            f"There is no {wanted} to roll back to; kept are "
            f"{', '.join(str(number) for number in sorted(kept))}."
        )
    entry = kept[target]
    if sha256_of(entry.path(settings)) != entry.sha256:
        raise SeatshiftError(
            f"{entry.path(settings)} is damaged (its sha256 is not the published one): "
            "roll back to another generation."
        )
    left = current.build_id if target != current.generation else current.rolled_back_from
    pointer = replace(entry, rolled_back_from=left)
    write_pointer(settings, pointer)
    return pointer


def _passed_audit(settings: Settings, identity: str) -> dict[str, object]:
    file = settings.builds / f"{identity}.audit.json"
    audit = read_json(file)
    if audit is None or audit.get("build_id") != identity or audit.get("verdict") != "PASS":
        raise AuditRefused(
            f"Build {identity} has no passed audit: nothing is published, "
            "and the snapshot published before stays."
        )
    return {
        "verdict": "PASS",
        "checks": len(audit["evidence"]),
        "warnings": sum(not finding["passed"] for finding in audit["evidence"]),
        "evidence": file.relative_to(settings.var).as_posix(),
        "docs": audit["docs"],
    }


def _write_snapshot(settings: Settings, build: Path, name: str) -> Path:
    settings.snapshots.mkdir(parents=True, exist_ok=True)
    aside = settings.snapshots / f".{name}.tmp"
    aside.unlink(missing_ok=True)
    with open_memory(settings) as connection:
        connection.execute(f"attach {quoted(str(build))} as warehouse (read_only)")
        connection.execute(f"attach {quoted(str(aside))} as snapshot (row_group_size {ROW_GROUP})")
        for schema in (*PUBLISHED_SCHEMAS, *WHATIF_SCHEMAS):
            connection.execute(f"create schema snapshot.{schema}")
        for schema, table in _tables(connection):
            connection.execute(
                f'create table snapshot.{schema}."{table}" as '
                f'select * from warehouse.{schema}."{table}" {ORDER.get(table, "")}'
            )
        for schema, name, select in carried_selects(connection):
            connection.execute(f'create table snapshot.{schema}."{name}" as {select}')
        for statement in _comments(connection):
            connection.execute(statement)
        connection.execute("checkpoint snapshot")
        connection.execute("detach snapshot")
    if aside.with_name(f"{aside.name}.wal").exists():
        raise SeatshiftError(f"{aside} was not closed whole: nothing is published.")
    sync_file(aside)
    aside.chmod(READ_ONLY & ~umask_of(settings.home))
    return aside


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    found = connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'warehouse' and schema_name in ('marts', 'reference', 'whatif') "
        "order by all"
    ).fetchall()
    if not any(schema == "marts" for schema, _ in found):
        raise SeatshiftError("The build holds no public model: nothing is published.")
    return found


def _comments(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """dbt's descriptions; a reference table is described by the staging model that reads it."""
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
    ]


def _last_generation(settings: Settings) -> int:
    pointer = read_pointer(settings)
    known = [entry.generation for entry in generations(settings)]
    return max([*known, *told_generations(settings), pointer.generation if pointer else 0])


def _remove_unseen(settings: Settings) -> None:
    """Snapshots that no pointer ever named: their publication was cut short before it."""
    pointer = read_pointer(settings)
    if pointer is None:
        return
    seen = told_generations(settings) | {pointer.generation}
    for path in settings.snapshots.glob("v*.json"):
        if int(path.stem[1:]) > max(seen):
            path.with_suffix(".duckdb").unlink(missing_ok=True)
            path.unlink()
    for leftover in settings.snapshots.glob(".*.tmp*"):
        leftover.unlink()
