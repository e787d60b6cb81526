"""The segment `all` is that of every account: no account may be in it.

A file that names it is not landed, so that the corrected file is not compared with it later.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.ingest import ledger
from orchestration.ingest.fates import scan
from orchestration.ingest.ledger import FileRecord
from orchestration.ingest.specs import ExportSpec
from orchestration.platform.errors import InputError
from orchestration.platform.settings import Settings

RESERVED = "all"
NAMED_IN = "accounts"


def refuse_reserved_segment(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, file_name: str, parts: list[Path]
) -> None:
    """InputError with the first row of a file that puts an account into the reserved segment."""
    found = _reserved(connection, spec, parts)
    if found is not None:
        row_number, more = found
        raise InputError(
            f"{file_name} row {row_number}: segment is «{RESERVED}», which stands for all segments "
            f"together; give the segment another name and load the file again{_more(more)}."
        )


def landed_with_reserved(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    spec: ExportSpec,
    records: Iterable[FileRecord],
) -> dict[str, str]:
    """By file id, why a file that an earlier version of seatshift landed has to be read again."""
    return {
        record.file_id: f"its row {found[0]} is in the segment {RESERVED}"
        for record in records
        if (found := _reserved(connection, spec, ledger.part_paths(settings, record))) is not None
    }


def refuse_landed(settings: Settings, records: list[FileRecord], reasons: dict[str, str]) -> None:
    """InputError if a file with the segment is still landed, though no longer in the exports."""
    for record in records:
        if record.file_id in reasons:
            raise InputError(
                f"{record.file_name} is no longer in the exports, but was loaded on "
                f"{record.landed_time:%Y-%m-%d}, and {reasons[record.file_id]}, which stands for "
                f"all segments together; delete {settings.landing} and refresh to load everything "
                "again."
            )


def _reserved(
    connection: duckdb.DuckDBPyConnection, spec: ExportSpec, parts: list[Path]
) -> tuple[int, int] | None:
    """The first row with the segment and how many others have it; None if no row has."""
    there = [part for part in parts if part.is_file()]
    if spec.name != NAMED_IN or not there:
        return None
    rows = connection.execute(
        f"select min(_row), count(*) - 1 from {scan(spec, there)} as landed where segment = ?",
        [RESERVED],
    ).fetchall()
    first, more = rows[0]
    return None if first is None else (int(first), int(more))


def _more(count: int) -> str:
    if not count:
        return ""
    return f" ({count:,} more {'row has' if count == 1 else 'rows have'} it)"
