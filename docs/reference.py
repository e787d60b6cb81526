"""The reference pages of the docs site, made from the code each time the site is built."""

import csv
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer
import yaml

from orchestration.cli.main import COMMANDS, EXIT_INTERRUPTED, app
from orchestration.homes.new_home import (
    ANY_TABLE,
    REFERENCE_FILES,
    TEMPLATES,
    column_meanings,
)
from orchestration.ingest.mapping import SHIPPED, shipped_names
from orchestration.ingest.reference import SHIPPED_THRESHOLDS
from orchestration.ingest.specs import EXPORTS, SQL_TYPES, Column
from orchestration.platform import errors
from orchestration.platform.settings import KNOWN

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "dbt_project" / "models"
# the one in C is ten times as fast, where there is one
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# the folder of a model says what it is about
SUBJECTS = {
    "accounts": "Accounts, exports and settings",
    "seats": "Seats and usage",
    "billing": "Invoices and reconciliation",
    "revenue": "Revenue, retention and margin",
    "shadow": "Shadow bills",
    "shock": "Bill shock",
    "scenarios": "Proposals compared",
    "signals": "Signals and thresholds",
    "verdicts": "Verdicts",
    "projections": "Projections",
    "rollout": "Rollout",
}


@cache
def pages() -> dict[str, str]:
    """Every page of the reference as Markdown, by its path below docs/."""
    made = {
        "command-line": command_line(),
        "exit-codes": exit_codes(),
        "settings": settings(),
        "environment": environment(),
        "exports": exports(),
        "mappings": mappings(),
        "price-book": price_book(),
        "models/index": models_index(),
        **{f"models/{folder}": models_page(folder) for folder in SUBJECTS},
    }
    return {f"reference/{name}.md": text for name, text in made.items()}


def command_line() -> str:
    group = typer.main.get_command(app)
    lines = [
        "# Command line",
        "",
        "`seatshift COMMAND --help` prints the same. A command that takes `--home` works on "
        "`SEATSHIFT_HOME` without it, and on the demo company in `seeds/` where neither is given.",
    ]
    commands: dict[str, Any] = getattr(group, "commands")  # noqa: B009  # of click, not of typing
    for function, example in COMMANDS:
        command = commands[function.__name__.replace("_", "-")]
        lines += ["", f"## seatshift {command.name}", "", inspect.cleandoc(command.help or "")]
        arguments = [one for one in command.params if one.param_type_name == "argument"]
        usage = [one.name.upper() if one.required else f"[{one.name.upper()}]" for one in arguments]
        lines += [
            "",
            f"```text\nseatshift {' '.join([command.name, '[OPTIONS]', *usage])}\n```",
            "",
            f"Example: `seatshift {example}`",
            "",
        ]
        lines += _table(
            ("argument or option", "meaning", "default"),
            (
                (
                    f"`{' / '.join(one.opts) if one not in arguments else one.name.upper()}`"
                    + (" (required)" if one.required else ""),
                    getattr(one, "help", None) or "",
                    "" if one.default in (None, False) or one.required else f"`{one.default}`",
                )
                for one in command.params
            ),
        )
    return _joined(lines)


def exit_codes() -> str:
    described = {
        value.exit_code: inspect.cleandoc(value.__doc__ or "")
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.SeatshiftError)
        if value is not errors.SeatshiftError
    }
    rows = [
        ("0", "Published, or nothing new."),
        (str(errors.EXIT_FAULT), "Something failed: the disk, memory, or an error of ours."),
        *((str(code), text) for code, text in sorted(described.items())),
        (
            f"129, {EXIT_INTERRUPTED}, 143",
            "Stopped by a signal: hang-up, Ctrl-C, SIGTERM. What was published stays.",
        ),
    ]
    return _joined(
        [
            "# Exit codes",
            "",
            "Every failure is one sentence on standard error and one of these codes.",
            "",
            *_table(("code", "meaning"), rows),
        ]
    )


def settings() -> str:
    comments = _setting_comments()
    lines = ["# Settings", "", "`settings.toml` of a home. What it does not name has its default."]
    for section, keys in KNOWN.items():
        lines += ["", f"## [{section}]", ""]
        lines += _table(
            ("setting", "meaning", "kind", "default"),
            (
                (f"`{key}`", comments.get((section, key), ""), kind.__name__, f"`{default!r}`")
                for key, (kind, default) in keys.items()
            ),
        )
    return _joined(lines)


def environment() -> str:
    lines = [
        "# Environment variables",
        "",
        "None is needed. What `.env.example` explains:",
        "",
        "```sh",
        (ROOT / ".env.example").read_text(encoding="utf-8").rstrip(),
        "```",
        "",
        "Options that can be given as a variable:",
        "",
    ]
    commands: dict[str, Any] = getattr(typer.main.get_command(app), "commands")  # noqa: B009
    rows = [
        (f"`{one.envvar}`", f"`seatshift {name} {one.opts[0]}`", one.help or "")
        for name, command in commands.items()
        for one in command.params
        if getattr(one, "envvar", None)
    ]
    return _joined([*lines, *_table(("variable", "stands for", "meaning"), rows)])


def exports() -> str:
    meanings = column_meanings()
    lines = [
        "# Exports",
        "",
        "What a home's `exports/` may hold: `<name>.csv`, `.jsonl`, `.parquet` or `.xlsx`, also "
        "`.gz` and `.zst`, or a folder `<name>/` of such files. Headers match by name, without "
        "regard to capitals, spaces and punctuation; extra columns are fine. Files of another "
        "shape are read through a [mapping](mappings.md), which "
        "[`seatshift connect`](../how-to/connect-your-files.md) writes.",
        "",
        "Every export also takes:",
        "",
        *_table(
            ("column", "meaning"),
            (
                (f"`{name}`", meaning)
                for (table, name), meaning in meanings.items()
                if table == ANY_TABLE
            ),
        ),
    ]
    for spec in EXPORTS.values():
        need = "Required" if spec.is_required else "Optional"
        other = f", or `{spec.alternative}` in its place" if spec.alternative else ""
        lines += [
            "",
            f"## {spec.name}",
            "",
            f"{need}{other}. A row is known by {_names(spec.key)}.",
        ]
        lines += ["", *_columns(spec.name, spec.columns, meanings)]
    return _joined(lines)


def mappings() -> str:
    lines = [
        "# Mappings",
        "",
        "A mapping turns a vendor's files into [exports](exports.md). Put the files where the "
        "mapping says, and write `use: <name>` into a file of the home's `mappings/`; "
        "`seatshift init` writes one for each, commented out. "
        "[How to write your own](../how-to/add-a-mapping.md).",
    ]
    lines.append("`seatshift connect` recognises these files under any name.")
    for name in shipped_names():
        text = (SHIPPED / f"{name}.yml").read_text(encoding="utf-8")
        head = []
        for line in text.splitlines():
            if not line.startswith("#"):
                break
            head.append(line.removeprefix("#").strip())
        title, _, *rest = head
        targets = yaml.safe_load(text)["targets"]
        lines += ["", f"## {name}", "", title.replace("->", "→"), "", *rest]
        lines += ["", f"Makes {_names(targets)}."]
    return _joined(lines)


def price_book() -> str:
    meanings = column_meanings()
    lines = [
        "# Price book and other reference files",
        "",
        "CSV files in a home's `reference/`. Lines that begin with `#` are comments. A wrong cell "
        "is refused with its file, row and column before anything is loaded.",
    ]
    for spec in REFERENCE_FILES.values():
        lines += ["", f"## {spec.name}.csv", "", f"A row is known by {_names(spec.key)}.", ""]
        lines += _columns(spec.name, spec.columns, meanings)
        if spec.name == "thresholds":
            with SHIPPED_THRESHOLDS.open(encoding="utf-8", newline="") as stream:
                header, *rows = csv.reader(stream)
            lines += ["", "These hold until a row of the home's own replaces one:", ""]
            lines += _table(header, rows)
    return _joined(lines)


def models_index() -> str:
    lines = [
        "# Public models",
        "",
        "Tables in the schema `marts` of the published snapshot. Their contracts are enforced: a "
        "column that is named here has this type in every generation. Private models may change "
        "with any version.",
    ]
    for folder, subject in SUBJECTS.items():
        rows = (
            (f"[`{model['name']}`]({folder}.md#{model['name']})", _description(model))
            for model in public_models(folder)
        )
        lines += ["", f"## {subject}", "", *_table(("model", "what it holds"), rows)]
    return _joined(lines)


def models_page(folder: str) -> str:
    lines = [f"# {SUBJECTS[folder]}"]
    for model in public_models(folder):
        meta = model["config"]["meta"]
        lines += ["", f"## {model['name']}", "", _description(model), ""]
        decisions = [
            path
            for number in meta.get("decisions", [])
            for path in sorted((ROOT / "docs" / "decisions").glob(f"{number:04d}-*.md"))
        ]
        if decisions:
            links = ", ".join(
                f"[{path.name[:4]}](../../decisions/{path.name})" for path in decisions
            )
            lines += [f"Owner: {meta['owner']}. Decisions: {links}.", ""]
        else:
            lines += [f"Owner: {meta['owner']}.", ""]
        lines += _table(
            ("column", "type", "meaning"),
            (
                (f"`{column['name']}`", column["data_type"], _description(column))
                for column in model["columns"]
            ),
        )
    return _joined(lines)


@cache
def public_models(folder: str) -> list[dict[str, Any]]:
    """The models of one folder of the two public layers, as their yml describes them."""
    files = [
        path for layer in ("marts", "decision") for path in MODELS.glob(f"{layer}/{folder}/*.yml")
    ]
    return [
        model
        for path in sorted(files)
        for model in yaml.load(path.read_text(encoding="utf-8"), LOADER).get("models", [])
    ]


def _setting_comments() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    section = ""
    for line in (TEMPLATES / "settings.toml").read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header[1]
        elif entry := re.fullmatch(r"(?:# )?(\w+) = (?:\"[^\"]*\"|\S+)\s+# (.*)", line):
            found[section, entry[1]] = entry[2]
    return found


def _columns(
    table: str, columns: Iterable[Column], meanings: dict[tuple[str, str], str]
) -> list[str]:
    return _table(
        ("column", "meaning", "type", "default"),
        (
            (
                f"`{column.name}`" + (" (required)" if column.required else ""),
                meanings[table, column.name]
                + (f"; one of {_names(column.allowed)}" if column.allowed else ""),
                SQL_TYPES[column.kind],
                f"`{column.default}`" if column.default else "",
            )
            for column in columns
        ),
    )


def _description(thing: dict[str, Any]) -> str:
    return " ".join(str(thing["description"]).split())


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = tuple(header)
    return [
        f"| {' | '.join(names)} |",
        f"|{'---|' * len(names)}",
        *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _joined(lines: Iterator[str] | list[str]) -> str:
    return "\n".join([*lines, ""])
