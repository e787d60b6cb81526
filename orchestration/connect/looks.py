"""A look at a file that no mapping reads: its shape, its headers and what its cells look like."""

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.connect.columns import Counts, profile
from orchestration.connect.questions import Answers, Question
from orchestration.connect.shape import DELIMITERS, delimiter_of, encoding_of
from orchestration.ingest.files import ExportFile, as_export_file, export_files, verified
from orchestration.ingest.mapping import ENCODINGS, load_targets, source_files
from orchestration.ingest.read import TextFormat, open_relation
from orchestration.ingest.sheets import SheetFault, sheet_names
from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import Settings

# how files with other endings are read
READ_AS = {".txt": "csv", ".tsv": "csv", ".json": "jsonl", ".ndjson": "jsonl"}


@dataclass(frozen=True)
class Look:
    """What a file looks like; `is_own` says whether it is named after an export."""

    file: ExportFile
    text: TextFormat
    headers: list[str]
    row_count: int
    counts: Counts
    is_own: bool

    @property
    def name(self) -> str:
        return self.file.name


class Unclear(Exception):
    """The file cannot be looked at before a question is answered."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.text)
        self.question = question


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


def look_at(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    file: ExportFile,
    is_own: bool,
    scratch: Path,
    answers: Answers,
) -> Look:
    """Read the whole file once; raises Refused if it cannot be read, Unclear if it is unclear."""
    text = TextFormat()
    if file.format == "xlsx":
        text = TextFormat(sheet=_sheet(file, answers))
    elif file.format in ("csv", "jsonl"):
        text = TextFormat(
            encoding=answers.override(file.name, "encoding", ENCODINGS) or encoding_of(file)
        )
    with verified(settings, file, scratch, text.encoding, text.sheet) as source:
        if file.format == "csv":
            delimiter = answers.override(file.name, "delimiter", DELIMITERS)
            text = replace(text, delimiter=delimiter or delimiter_of(source.readable))
        relation = open_relation(connection, source, text)
        headers = list(relation.columns)
        row_count, counts = profile(connection, relation, headers)
    return Look(file, text, headers, row_count, counts, is_own)


def _sheet(file: ExportFile, answers: Answers) -> str:
    try:
        names = sheet_names(file.path)
    except SheetFault:
        return ""  # reading the file says what is wrong with it
    if len(names) < 2:
        return ""
    text = f"{len(names)} sheets have cells; which one is it?"
    question = Question(file.name, "sheet", text, tuple(names))
    answer = answers.find(question)
    if answer is None:
        raise Unclear(question)
    return answer


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
