"""The command that connects files to exports."""

import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.shared import Home, Json, counted, out, print_json, settings_of
from orchestration.platform.errors import EXIT_INPUT, RequestError
from orchestration.platform.settings import Settings


def connect(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Files below exports/ to look at; default: all that nothing reads."),
    ] = None,
    home: Home = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Write what is certain without asking.")
    ] = False,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", help="FILE:KEY=VALUE, an answer to a question; may be repeated."),
    ] = None,
    takes_back: Annotated[
        bool, typer.Option("--undo", help="Remove the mappings that this command wrote.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Connect files in exports/ to the exports that they hold.

    Shows what each unread file is taken for and why, how it is written and three rows as they would
    be read, and writes a mapping if you agree. Nothing is written otherwise.
    """
    settings = settings_of(home)
    if as_json and not yes:
        raise RequestError("--json asks nothing; give --yes, too.")
    if takes_back:
        _undo(settings, yes)
        return
    from orchestration.connect.questions import Answers

    session = _Session(settings, Answers(answer or []), yes, as_json)
    with tempfile.TemporaryDirectory(prefix="seatshift-connect-") as folder:
        trial = replace(settings, state=Path(folder))
        session.connect_files(trial, _named(settings, files or []))
        if session.is_connected:
            session.connect_ids(trial)
    session.end()


class _Session:
    """One run: what was written, what stays open, and how both are shown."""

    def __init__(self, settings: Settings, answers: Any, yes: bool, as_json: bool) -> None:
        self.settings = settings
        self.answers = answers
        self.yes = yes
        self.as_json = as_json
        self.report: dict[str, Any] = {
            "proposals": [],
            "written": [],
            "open": [],
            "left_out": {},
            "ids": [],
        }

    @property
    def is_connected(self) -> bool:
        """Whether any mapping reads the exports, so that ids of other systems can occur."""
        from orchestration.ingest.mapping import load_targets

        return bool(load_targets(self.settings))

    def connect_files(self, trial: Settings, only: frozenset[str]) -> None:
        """Propose and write mappings."""
        from orchestration.cli.connect_table import print_proposal
        from orchestration.connect.mapping_files import free_path, write_mapping
        from orchestration.connect.plan import Planner
        from orchestration.connect.trial import try_out
        from orchestration.platform.warehouse import open_memory

        scratch = trial.var / "looks"
        scratch.mkdir()
        with open_memory(trial) as connection:
            planner = Planner(connection, trial, scratch, only)
            plan = planner.plan(self.answers)
            while not self.yes and (asked := [*plan.questions, *_open_of(plan)]):
                self._ask(asked[0])
                plan = planner.plan(self.answers)
        for question in plan.questions:
            self._leave_open(question)
        for proposal in plan.proposals:
            trials = [] if proposal.questions else try_out(trial, proposal)
            self.report["proposals"].append(
                asdict(proposal) | {"trials": [asdict(one) for one in trials]}
            )
            if not self.as_json:
                print_proposal(out, proposal, trials)
            for question in proposal.questions:
                self._leave_open(question)
            path = free_path(self.settings, proposal)
            if not proposal.questions and self._agrees(f"Write mappings/{path.name}?"):
                self._note("written", f"mappings/{write_mapping(self.settings, proposal).name}")
        for name, reason in plan.left_out.items():
            self.report["left_out"][name] = reason
            self._say(f"Left out {name}: {reason.rstrip('.')}.")

    def connect_ids(self, trial: Settings) -> None:
        """Propose and write rows of reference/ids.csv."""
        from orchestration.connect.id_rows import propose_ids, write_ids

        for found in propose_ids(trial):
            self.report["ids"].append(asdict(found))
            for finding in found.findings:
                self._say(finding)
            if found.question is not None and self.answers.find(found.question) is None:
                if self.yes:
                    self._leave_open(found.question)
                    continue
                self._ask(found.question)
            if found.question is not None and self.answers.find(found.question) == "no":
                continue
            rows = counted(len(found.pairs), "row")
            if self._agrees(f"Write {rows} to reference/ids.csv for the system {found.system}?"):
                write_ids(self.settings, found.system, found.pairs)
                self._note("written", f"reference/ids.csv: {rows} for the system {found.system}")

    def end(self) -> None:
        """Say what was done, what is open, and what to do next."""
        unused = self.answers.unused()
        if unused:
            raise RequestError(f"--answer {unused[0]} answers no question of these files.")
        if self.as_json:
            print_json(self.report)
        elif not any(self.report.values()):
            out.print("Nothing to do: every file in exports/ is read.")
        for line in self.report["written"]:
            self._say(f"Wrote {line}.")
        if self.report["written"] and not self.report["open"]:
            self._say(f"Next: seatshift check --home {self.settings.home}")
        if self.report["open"]:
            raise typer.Exit(EXIT_INPUT)

    def _ask(self, question: Any) -> None:
        choices = f" ({', '.join(question.choices)})" if question.choices else ""
        value = _typed(f"{question.file}: {question.text}{choices}")
        try:
            self.answers.give(question, value)
        except RequestError as error:
            out.print(str(error), markup=False, soft_wrap=True)

    def _agrees(self, text: str) -> bool:
        return self.yes or _typed(f"{text} [y/N]").casefold() in ("y", "yes")

    def _leave_open(self, question: Any) -> None:
        self.report["open"].append(asdict(question) | {"options": question.options})
        self._say(f"Open: {question.file}: {question.text}")
        for option in question.options:
            self._say(f"  {option}")

    def _note(self, part: str, line: str) -> None:
        self.report[part].append(line)

    def _say(self, text: str) -> None:
        if not self.as_json:
            out.print(text, markup=False, soft_wrap=True)


def _open_of(plan: Any) -> list[Any]:
    return [question for proposal in plan.proposals for question in proposal.questions]


def _typed(text: str) -> str:
    """What is typed; the end of the input ends the command, because nobody can answer."""
    out.print(text, markup=False, soft_wrap=True, end=" ")
    try:
        return input().strip()
    except EOFError:
        raise RequestError(
            "connect asks questions, and the input has ended; use --yes and --answer in scripts."
        ) from None


def _named(settings: Settings, files: list[str]) -> frozenset[str]:
    """The files by their names below exports/."""
    names: list[str] = []
    for text in files:
        paths = [path for path in (Path(text), settings.exports / text) if path.exists()]
        inside = [
            path.resolve() for path in paths if path.resolve().is_relative_to(settings.exports)
        ]
        if not inside:
            found = "is not in" if paths else "does not exist; put it into"
            raise RequestError(f"{text} {found} {settings.exports}, where exports are read from.")
        names.append(inside[0].relative_to(settings.exports).as_posix())
    return frozenset(names)


def _undo(settings: Settings, yes: bool) -> None:
    from orchestration.connect.mapping_files import written

    paths = written(settings)
    if not paths:
        out.print("Nothing to undo: no mapping was written by `seatshift connect`.")
        return
    shown = ", ".join(f"mappings/{path.name}" for path in paths)
    if not yes and _typed(f"Remove {shown}? [y/N]").casefold() not in ("y", "yes"):
        return
    for path in paths:
        path.unlink()
    out.print(f"Removed {shown}.", markup=False, soft_wrap=True)
