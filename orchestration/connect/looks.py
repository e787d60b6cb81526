"""A look at a file that no mapping reads: its shape, its headers and what its cells look like."""

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.connect.columns import Counts, profile
from orchestration.connect.questions import Answers, Question
from orchestration.connect.shape import DELIMITERS, delimiter_of, encoding_of
from orchestration.ingest.files import ExportFile, verified
from orchestration.ingest.mapping import ENCODINGS
from orchestration.ingest.read import TextFormat, open_relation
from orchestration.ingest.sheets import SheetFault, sheet_names
from orchestration.platform.settings import Settings


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
