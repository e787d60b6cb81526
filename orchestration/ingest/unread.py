"""Files below exports/ that no mapping reads."""

from dataclasses import replace
from pathlib import Path

from orchestration.ingest.files import ExportFile, as_export_file, export_files
from orchestration.ingest.mapping import load_targets, source_files
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import Settings

MOST_NAMED = 5
# how files with other endings are read
READ_AS = {".txt": "csv", ".tsv": "csv", ".json": "jsonl", ".ndjson": "jsonl"}


def unread_files(settings: Settings) -> dict[ExportFile, bool]:
    """Every file below exports/ that no mapping reads, and whether it is named after an export."""
    read = {
        file.path
        for target in load_targets(settings)
        for source in target.sources
        for file in source_files(settings, source)
    }
    own = {file.path for name in EXPORTS for file in export_files(settings, name)}
    return {
        _as_file(settings, path): path in own
        for path in _paths(settings.exports)
        if path not in read
    }


def unread_note(settings: Settings) -> list[str]:
    """A sentence about files that nothing reads, if there are any."""
    names = [file.name for file, is_own in unread_files(settings).items() if not is_own]
    if not names:
        return []
    shown = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
    files = "1 file in exports/ is" if len(names) == 1 else f"{len(names)} files in exports/ are"
    return [f"{files} read by nothing ({shown}); `seatshift connect` says what they are."]


def _paths(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir() and not path.is_symlink():
            found += _paths(path)
        else:
            found.append(path)
    return found


def _as_file(settings: Settings, path: Path) -> ExportFile:
    file = as_export_file(settings, path)
    if file.format != "unknown":
        return file
    return replace(file, format=READ_AS.get(path.suffix.lower(), "unknown"))
