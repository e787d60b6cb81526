"""Verdicts as they were told: kept for ever, whatever later builds know better."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.files import sync_file
from orchestration.published import Pointer, rows
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

LATEST_VERDICTS = """
    select segment, month, verdict, scenario_id, confidence, weakest_link, sentence, flips
    from marts.fct_verdicts
    qualify month = max(month) over ()
    order by segment = 'all' desc, segment
"""


def latest_verdicts(settings: Settings, pointer: Pointer) -> list[dict[str, Any]]:
    """One row per segment of the latest month judged, `all` first; empty where none is closed."""
    with open_warehouse(settings, pointer.path(settings), read_only=True) as connection:
        return rows(connection, LATEST_VERDICTS)


def told_generations(settings: Settings) -> set[int]:
    """The generations that are written down."""
    return {entry["generation"] for entry in _entries(settings)}


def write_down(settings: Settings, pointer: Pointer) -> None:
    """Append one line for the generation, with the verdicts that it told, one per segment."""
    entry = {
        "generation": pointer.generation,
        "build_id": pointer.build_id,
        "as_of": pointer.as_of,
        "published_at": pointer.published_at,
        "verdicts": latest_verdicts(settings, pointer),
    }
    path = _path(settings)
    with path.open("a", encoding="utf-8") as file:
        # a line that a killed process cut short ends here, and is no entry
        file.write("\n" if path.stat().st_size and not _ends_whole(path) else "")
        file.write(json.dumps(entry, default=str) + "\n")
    sync_file(path)


def _entries(settings: Settings) -> Iterator[dict[str, Any]]:
    try:
        lines = _path(settings).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _ends_whole(path: Path) -> bool:
    return path.read_bytes()[-1:] == b"\n"


def _path(settings: Settings) -> Path:
    return settings.var / "verdicts.jsonl"
