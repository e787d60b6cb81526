"""The SQL that pages ask, by name: `timing/waves` is dashboards/queries/timing/waves.sql.

A file holds one query; its parameters are DuckDB's own (`$segment`) and nothing is ever written
into its text. What several queries share is a macro of dashboards/queries/macros: DuckDB has them
while a query runs.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "queries"
MACROS = FOLDER / "macros"


@cache
def text(name: str) -> str:
    """The query of this name."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


@cache
def macros_of(sql: str) -> tuple[str, ...]:
    """What makes the macros that a query calls, each after those that it calls itself."""
    known = {path.stem: path.read_text(encoding="utf-8") for path in sorted(MACROS.glob("*.sql"))}
    found: dict[str, str] = {}

    def add_called(by: str) -> None:
        for name, made in known.items():
            if name not in found and made != by and re.search(rf"\b{name}\(", by):
                add_called(made)
                found[name] = made

    add_called(sql)
    return tuple(found.values())
