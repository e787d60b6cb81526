"""Files of the published generation for other tools, under paths that stay the same.

HOME/var/published/current.duckdb is the snapshot, and HOME/var/published/marts/<model>.parquet are
its public and custom models. Both are replaced by a rename: a reader sees all of one generation,
and one that has the old files open keeps reading them. The files of the generation before stay
until the next publication.
"""

import os
import shutil
from pathlib import Path

from orchestration.platform.files import read_json, sync_folder, write_json
from orchestration.platform.private import umask_of
from orchestration.platform.published import Pointer, is_intact
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse, quoted

SCHEMAS = ("marts", "custom")


def write_readable(settings: Settings, pointer: Pointer) -> None:
    """Let the stable paths show the generation of the pointer.

    Does nothing if they do already, or if the snapshot is damaged: readers keep what they have.
    """
    folder = settings.var / "published"
    state = folder / "generation.json"
    known = read_json(state) or {}
    if known.get("sha256") == pointer.sha256 and (folder / "current.duckdb").exists():
        return
    if not is_intact(settings, pointer):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(".*.tmp"):
        _remove(leftover)
    name = Path(pointer.file).stem
    tables = folder / f"marts-{name}"
    _write_tables(settings, pointer, tables)
    _replace_link(folder / "marts", tables.name)
    _replace_snapshot(pointer.path(settings), folder / "current.duckdb")
    sync_folder(folder)
    written = {"generation": pointer.generation, "sha256": pointer.sha256, "tables": tables.name}
    write_json(state, written)
    keep = {tables.name, known.get("tables")}
    for old in folder.glob("marts-v*"):
        if old.name not in keep:
            _remove(old)


def _write_tables(settings: Settings, pointer: Pointer, target: Path) -> None:
    aside = target.with_name(f".{target.name}.tmp")
    aside.mkdir()
    with open_warehouse(settings, pointer.path(settings), read_only=True) as connection:
        found = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'warehouse' and list_contains($schemas, schema_name) "
            "order by all",
            {"schemas": list(SCHEMAS)},
        ).fetchall()
        for schema, table in found:
            prefix = "" if schema == "marts" else f"{schema}."
            file = quoted(str(aside / f"{prefix}{table}.parquet"))
            connection.execute(
                f'copy {schema}."{table}" to {file} (format parquet, compression zstd)'
            )
    mask = umask_of(settings.home)
    for path in aside.iterdir():
        path.chmod(0o440 & ~mask)
    sync_folder(aside)
    if target.exists():
        _remove(target)
    aside.replace(target)


def _replace_link(link: Path, target: str) -> None:
    aside = link.with_name(f".{link.name}.tmp")
    aside.symlink_to(target)
    if link.is_dir() and not link.is_symlink():  # a copy or a backup of a home may have followed it
        _remove(link)
    aside.replace(link)


def _replace_snapshot(snapshot: Path, target: Path) -> None:
    """A second name for the same file, which costs no space; a copy where links are impossible."""
    aside = target.with_name(f".{target.name}.tmp")
    try:
        os.link(snapshot, aside)
    except OSError:
        shutil.copy2(snapshot, aside)
    aside.replace(target)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
