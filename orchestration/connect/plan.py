"""What could be connected: a mapping for each group of files that are written alike."""

import glob
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.connect.columns import Style, style_of, with_answer
from orchestration.connect.looks import Look, Unclear, look_at
from orchestration.connect.questions import SKIP, Answers, Question
from orchestration.connect.recognise import MADE, Match, fitting, known_sources, matches, rank
from orchestration.connect.shape import described
from orchestration.ingest.files import COMPRESSIONS, ExportFile, Refused
from orchestration.ingest.mapping import Source, shipped_asks
from orchestration.ingest.read import TextFormat, identifier
from orchestration.ingest.rows import KNOWLEDGE
from orchestration.ingest.specs import EXPORTS, Kind
from orchestration.ingest.style import DATE_ORDERS
from orchestration.ingest.unread import unread_files
from orchestration.platform.settings import Settings

NUMBERS: tuple[Kind, ...] = ("quantity", "price", "amount", "ratio", "integer")
TIMES: tuple[Kind, ...] = ("time", "date")


@dataclass(frozen=True)
class Proposal:
    """A mapping that could be written: `raw` is its content, `words` say what was detected.

    `questions` must be answered first.
    """

    slug: str
    name: str
    files: tuple[str, ...]
    why: str
    words: tuple[str, ...]
    raw: dict[str, Any]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Plan:
    """Proposals, questions about files that could not be read yet, and files left out with why."""

    proposals: list[Proposal]
    questions: list[Question]
    left_out: dict[str, str]


@dataclass(frozen=True)
class _Found:
    look: Look
    match: Match
    style: Style
    pattern: str


class Planner:
    """Looks at a home's unread files; a file that was looked at once is not read again."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: Settings,
        scratch: Path,
        only: frozenset[str],
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._scratch = scratch
        self._files = {
            file: is_own
            for file, is_own in unread_files(settings).items()
            if not only or file.name in only
        }
        self._looks: dict[str, Look] = {}

    def plan(self, answers: Answers) -> Plan:
        """What could be connected, given the answers so far."""
        questions: list[Question] = []
        left_out: dict[str, str] = {}
        found: list[_Found] = []
        looks: list[Look] = []
        for file, is_own in self._files.items():
            try:
                look = self._look(file, is_own, answers)
                match = self._match(look, answers)
            except Unclear as unclear:
                questions.append(unclear.question)
            except Refused as refused:
                left_out[file.name] = str(refused)
            else:
                if match is not None:
                    looks.append(look)
                    found.append(self._styled(look, match, answers))
        groups: dict[tuple[str, bool], list[_Found]] = {}
        for one in found:
            groups.setdefault((one.match.name, one.match.is_mapping), []).append(one)
        proposals: list[Proposal] = []
        for (name, is_mapping), members in sorted(groups.items()):
            if is_mapping:
                proposals += self._of_mapping(name, members, looks, answers, left_out)
            else:
                proposals += self._of_export(name, members, answers)
        return Plan(proposals, questions, left_out)

    def _look(self, file: ExportFile, is_own: bool, answers: Answers) -> Look:
        if file.name not in self._looks:
            self._looks[file.name] = look_at(
                self._connection, self._settings, file, is_own, self._scratch, answers
            )
        return self._looks[file.name]

    def _match(self, look: Look, answers: Answers) -> Match | None:
        """What the file is taken for; None if it is read without a mapping.

        Raises Refused if nothing fits or if the answer is to skip it.
        """
        found = matches(self._settings, look.name, look.headers)
        if not found:
            raise Refused("its headers are those of no export and no mapping")
        if look.is_own and self._is_readable(look, found):
            return None
        names = tuple(dict.fromkeys(match.name for match in found))
        has_rival = any(rank(match) == rank(found[0]) for match in found[1:])
        if found[0].is_certain and not has_rival:
            chosen = answers.override(look.name, "as", (*names, SKIP)) or found[0].name
        else:
            heads = ", ".join(found[0].headers)
            text = f"its columns ({heads}) may be {' or '.join(names)}; which is it?"
            question = Question(look.name, "as", text, (*names, SKIP))
            answer = answers.find(question)
            if answer is None:
                raise Unclear(question)
            chosen = answer
        if chosen == SKIP:
            raise Refused("the answer is to skip it")
        return next(match for match in found if match.name == chosen)

    def _is_readable(self, look: Look, found: list[Match]) -> bool:
        """Whether a file named after an export can be read as it is."""
        export = look.name.partition("/")[0].partition(".")[0]
        match = next((one for one in found if one.name == export and one.is_certain), None)
        if match is None or look.text != TextFormat():
            return False
        style = self._styled(look, match, Answers([])).style
        return not style.entries and not style.questions

    def _styled(self, look: Look, match: Match, answers: Answers) -> _Found:
        numbers = times = look.headers
        if not match.is_mapping:
            kinds = {
                column.name: column.kind for column in (*EXPORTS[match.name].columns, *KNOWLEDGE)
            }
            numbers = [head for name, head in match.columns.items() if kinds[name] in NUMBERS]
            times = [head for name, head in match.columns.items() if kinds[name] in TIMES]
        is_text = look.file.format != "parquet"
        style = Style()
        if is_text:
            zone = self._zone(match)
            style = style_of(look.name, look.counts, numbers, times, zone)
        if match.is_mapping:
            style = Style(
                {key: value for key, value in style.entries.items() if key != "time_zone"},
                style.words,
                style.questions,
            )
        asked = {question.key: question for question in style.questions}
        for question in (asked.get(one.key, one) for one in _overrides(look.name)):
            answer = answers.find(question)
            if answer is not None:
                style = with_answer(style, question, answer)
        return _Found(look, match, style, _pattern(look.file))

    def _zone(self, match: Match) -> str:
        if not match.is_mapping:
            return self._settings.time_zone
        source = next(iter(known_sources(self._settings)[match.name].values()))
        return source.style.time_zone

    def _of_export(self, name: str, members: list[_Found], answers: Answers) -> list[Proposal]:
        """A mapping of its own for files with the same columns, shape and style."""
        proposals: list[Proposal] = []
        for alike in _alike(members):
            first = alike[0]
            pattern = self._pattern_of(alike)
            questions = list(first.style.questions)
            meter = None
            if name == "usage_events" and "meter" not in first.match.columns:
                text = "it has no column for the meter; what does it count?"
                question = Question(first.look.name, "meter", text)
                meter = answers.find(question)
                questions += [question] if meter is None else []
            source = {"pattern": pattern} | _shape(first.look, None) | first.style.entries
            system = answers.override(first.look.name, "system") or _slug(first.look.name)
            raw = {
                "system": system,
                "sources": {"rows": source},
                "targets": {name: {"select": _select(name, first.match.columns, meter)}},
            }
            proposals.append(self._proposal(name, alike, raw, tuple(questions), ()))
        return proposals

    def _of_mapping(
        self,
        name: str,
        members: list[_Found],
        looks: list[Look],
        answers: Answers,
        left_out: dict[str, str],
    ) -> list[Proposal]:
        """Uses of a shipped mapping: one for files alike, or one for all its sources together."""
        sources = known_sources(self._settings)[name]
        needed = {key: one for key, one in sources.items() if not one.may_be_missing}
        if len(needed) == 1:
            key = next(iter(needed))
            assigned = [{key: alike} for alike in _alike(members)]
        else:
            by_source = {
                key: [one for one in members if fitting(source, one.look.headers)]
                for key, source in needed.items()
            }
            lacking = [key for key, files in by_source.items() if not files]
            if lacking:
                heads = ", ".join(needed[lacking[0]].recognised_by[0])
                for one in members:
                    left_out[one.look.name] = (
                        f"it is one of the files of {name}, which also needs {lacking[0]}: a file "
                        f"with the columns {heads}"
                    )
                return []
            assigned = [by_source]
        found: list[Proposal] = []
        for by_source in assigned:
            found.append(self._use(name, sources, by_source, looks, answers))
        return found

    def _use(
        self,
        name: str,
        sources: dict[str, Source],
        by_source: dict[str, list[_Found]],
        looks: list[Look],
        answers: Answers,
    ) -> Proposal:
        members = list(
            {one.look.name: one for files in by_source.values() for one in files}.values()
        )
        entries: dict[str, dict[str, str]] = {}
        for key, files in by_source.items():
            shape = _shape(files[0].look, sources[key])
            entries[key] = {"pattern": self._pattern_of(files)} | shape | files[0].style.entries
        for key, source in sources.items():
            beside = [look for look in looks if fitting(source, look.headers)]
            if source.may_be_missing and beside:
                entries[key] = {"pattern": _pattern(beside[0].file)} | _shape(beside[0], source)
        questions = [question for one in members for question in one.style.questions]
        values: dict[str, str] = {}
        for key, ask in shipped_asks(name).items():
            first = members[0].look
            if ask.unless in first.headers:
                continue
            question = Question(first.name, key, ask.text, ask.choices)
            answer = answers.find(question)
            if answer is None:
                questions.append(question)
            else:
                values[key] = answer
        raw: dict[str, Any] = {"use": name, "sources": entries}
        if values:
            raw["values"] = values
        words = tuple(f"{key} {value}" for key, value in values.items())
        return self._proposal(name, members, raw, tuple(questions), words)

    def _proposal(
        self,
        name: str,
        members: list[_Found],
        raw: dict[str, Any],
        questions: tuple[Question, ...],
        words: tuple[str, ...],
    ) -> Proposal:
        first = members[0]
        heads = ", ".join(first.match.headers)
        kind = "the mapping" if first.match.is_mapping else "the export"
        return Proposal(
            slug=name if first.match.is_mapping else _slug(first.look.name),
            name=name,
            files=tuple(one.look.name for one in members),
            why=f"{kind} {name}, because it has the columns {heads}",
            words=(described(first.look.file.format, first.look.text), *first.style.words, *words),
            raw=raw,
            questions=questions,
        )

    def _pattern_of(self, members: list[_Found]) -> str:
        """A pattern for later files, too, if it matches no others; else the file's own name."""
        pattern = members[0].pattern
        paths = {one.look.file.path for one in members}
        packed = [pattern, *(f"{pattern}.{name}" for name in COMPRESSIONS)]
        matched = {path for one in packed for path in self._settings.exports.glob(one)}
        if matched <= paths and {one.pattern for one in members} == {pattern}:
            return pattern
        return glob.escape(_unpacked(members[0].look.file))


def _overrides(file: str) -> tuple[Question, ...]:
    """What can be answered about the style, though the file seems to say it."""
    return (
        Question(file, "decimal", "", (".", ",")),
        Question(file, "thousands", "", ("", ",", ".", " ", "'")),
        Question(file, "date_order", "", DATE_ORDERS),
        Question(file, "time_zone", ""),
    )


def _alike(members: list[_Found]) -> list[list[_Found]]:
    """The files by shape, style and pattern."""
    groups: dict[str, list[_Found]] = {}
    for one in members:
        look = one.look
        key = repr((one.pattern, look.file.format, look.text, one.style.entries, one.match.columns))
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _unpacked(file: ExportFile) -> str:
    """The file's name without the ending of its compression, which a pattern does not name."""
    return file.name.removesuffix(f".{file.compression}") if file.compression else file.name


def _pattern(file: ExportFile) -> str:
    """The name with `*` for each number, so that the next month's file matches."""
    folder, slash, name = _unpacked(file).rpartition("/")
    return glob.escape(folder + slash) + re.sub(r"\d+", "*", glob.escape(name))


def _shape(look: Look, source: Source | None) -> dict[str, str]:
    """Entries for the file's format, where it differs from the declared one."""
    declared = source.text if source else TextFormat()
    found: dict[str, str] = {}
    if look.file.format != (source.format if source else "csv"):
        found["format"] = look.file.format
    for key in ("delimiter", "encoding", "sheet"):
        value = str(getattr(look.text, key))
        if value != getattr(declared, key):
            found[key] = value
    return found


def _slug(name: str) -> str:
    """The file's name without its folder, ending and numbers, as a name of a mapping or system."""
    stem = name.rpartition("/")[2].partition(".")[0]
    return re.sub(r"[^a-z]+", "_", stem.casefold()).strip("_") or "file"


def _select(export: str, columns: dict[str, str], meter: str | None) -> str:
    """A select of the export's columns; usage without ids gets ids that are made of its rows."""
    spec = EXPORTS[export]
    known = [column.name for column in (*spec.columns, *KNOWLEDGE) if column.name in columns]
    lines = [f"{identifier(columns[name])} as {name}" for name in known]
    if meter is not None:
        lines.append("'" + meter.replace("'", "''") + "' as meter")
    if "event_id" in MADE.get(export, ()) and "event_id" not in columns:
        cells = ", ".join(identifier(columns[name]) for name in known)
        lines.insert(
            0,
            f"md5(concat_ws('|', {cells})) || '-'\n"
            f"        || row_number() over (partition by {cells} order by _row) as event_id",
        )
    return "select\n    _row,\n    " + ",\n    ".join(lines) + "\nfrom rows\n"
