"""The fault table of benchmarks/README.md, from the figures that `make soak` wrote.

Run it as `.venv/bin/python -m benchmarks.faults`: it prints the table as Markdown, the latest line
of each fault; `--write` puts it between its marks in benchmarks/README.md.
"""

import argparse
import json
from pathlib import Path
from typing import Any

RESULTS = Path("tests") / ".results" / "faults.jsonl"
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


def read(path: Path) -> list[dict[str, Any]]:
    """The latest entry of each fault, in the order in which faults first came."""
    latest: dict[str, dict[str, Any]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        latest[entry["fault"]] = entry
    return list(latest.values())


def table(entries: list[dict[str, Any]]) -> str:
    """One row per fault: how often it was tried, what was expected, what was found, its figures."""
    lines = [
        "| Fault | Tried | Expected | Found | Figures | Seed |",
        "|---|---:|---|---|---|---:|",
    ]
    for entry in entries:
        figures = ", ".join(
            f"{name.replace('_', ' ')} {_shown(value)}" for name, value in entry["figures"].items()
        )
        cells = [entry["fault"], f"{entry['tried']:,}", entry["expected"], entry["found"], figures]
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} | {entry['seed']} |")
    return "\n".join(lines)


def put(text: str, made: str) -> str:
    """The README with the table in the place of the one between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}:{_shown(one)}" for name, one in value.items()) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="?", default=RESULTS)
    parser.add_argument("--write", action="store_true", help="put it into benchmarks/README.md")
    arguments = parser.parse_args()
    made = table(read(arguments.results))
    if arguments.write:
        README.write_text(put(README.read_text(encoding="utf-8"), made), encoding="utf-8")
    else:
        print(made)


if __name__ == "__main__":
    main()
