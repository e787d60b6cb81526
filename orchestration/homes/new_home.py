"""Creates a home with commented settings, reference files, mappings and a README."""

import csv
from pathlib import Path

from orchestration.ingest.ids import IDS
from orchestration.ingest.mapping import SHIPPED, shipped_names
from orchestration.ingest.price_book import REFERENCE, ReferenceSpec
from orchestration.ingest.reference import SHIPPED_THRESHOLDS
from orchestration.ingest.specs import EXPORTS, Column
from orchestration.platform.errors import InputError

EXPLANATIONS = Path(__file__).parents[1] / "ingest" / "defaults" / "explanations.csv"
TEMPLATES = Path(__file__).parent / "templates"
ANY_TABLE = "*"
# what a build reads, and the ids that landing applies
REFERENCE_FILES = {**REFERENCE, IDS.name: IDS}


def make_home(folder: Path) -> Path:
    """Create the home; InputError if the folder is not empty."""
    home = folder.expanduser().resolve()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise InputError(f"{home} is not empty; give a new folder.")
    home.mkdir(parents=True, exist_ok=True)
    # private to its owner; README.md says how to share a home with a group
    home.chmod(0o700)
    for name in ("exports", "reference", "mappings"):
        (home / name).mkdir(mode=0o700)
    meanings = column_meanings()
    files = {"settings.toml": _template("settings.toml"), "README.md": _readme(meanings)}
    for name, spec in REFERENCE_FILES.items():
        files[f"reference/{name}.csv"] = _reference_file(spec, meanings)
    for name in shipped_names():
        files[f"mappings/{name}.yml"] = _take_up(name)
    files["mappings/own.yml"] = _template("own.yml")
    for name, text in files.items():
        (home / name).write_text(text, encoding="utf-8")
    return home


def column_meanings() -> dict[tuple[str, str], str]:
    """(table, column) -> its meaning; columns that all exports share are under ANY_TABLE."""
    with EXPLANATIONS.open(encoding="utf-8", newline="") as stream:
        return {(row["table"], row["column"]): row["meaning"] for row in csv.DictReader(stream)}


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _reference_file(spec: ReferenceSpec, meanings: dict[tuple[str, str], str]) -> str:
    """Comments that explain each column, then the header."""
    lines = [f"# {spec.name}.csv: lines starting with # are comments; add rows below the header."]
    lines += [
        f"# {column.name}{_kind(column)}: {meanings[spec.name, column.name]}{_values(column)}"
        for column in spec.columns
    ]
    if spec.name == "thresholds":
        lines.append("# Defaults, each valid until you add a row with the same name:")
        shipped = SHIPPED_THRESHOLDS.read_text(encoding="utf-8").splitlines()[1:]
        lines += [f"# {line}" for line in shipped]
    return "\n".join([*lines, ",".join(column.name for column in spec.columns), ""])


def _take_up(name: str) -> str:
    """The shipped mapping's comments, followed by a commented-out line that uses it."""
    text = (SHIPPED / f"{name}.yml").read_text(encoding="utf-8")
    head = [line for line in text.splitlines() if not line or line.startswith("#")]
    comments = head[: head.index("")] if "" in head else head
    return "\n".join(
        [
            *comments,
            "#",
            "# To use this mapping, put the files there and uncomment the next line:",
            f"# use: {name}",
            "",
        ]
    )


def _readme(meanings: dict[tuple[str, str], str]) -> str:
    parts = [_template("README.md").rstrip("\n"), "", "## Exports", ""]
    parts.append("Every export may also have these columns:")
    parts += ["", "| column | meaning |", "|---|---|"]
    parts += [
        f"| {name} | {meaning} |"
        for (table, name), meaning in meanings.items()
        if table == ANY_TABLE
    ]
    for spec in EXPORTS.values():
        needed = " (required, or its alternative)" if spec.alternative else ""
        needed = " (required)" if spec.is_required and not spec.alternative else needed
        parts += ["", f"### {spec.name}{needed}", "", *_table(spec.name, spec.columns, meanings)]
    parts += ["", "## Reference files"]
    for reference in REFERENCE_FILES.values():
        rows = _table(reference.name, reference.columns, meanings)
        parts += ["", f"### {reference.name}.csv", "", *rows]
    return "\n".join([*parts, ""])


def _table(
    table: str, columns: tuple[Column, ...], meanings: dict[tuple[str, str], str]
) -> list[str]:
    return [
        "| column | meaning | kind | required |",
        "|---|---|---|---|",
        *(
            f"| {column.name} | {meanings[table, column.name]}{_values(column)} | {column.kind} | "
            f"{'yes' if column.required else ''} |"
            for column in columns
        ),
    ]


def _kind(column: Column) -> str:
    return f" ({column.kind}{', required' if column.required else ''})"


def _values(column: Column) -> str:
    allowed = f"; one of {', '.join(column.allowed)}" if column.allowed else ""
    return allowed + (f" (default {column.default})" if column.default else "")
