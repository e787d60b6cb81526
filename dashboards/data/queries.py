"""The SQL of the pages, by name: `timing/waves` is dashboards/queries/timing/waves.sql.

A file has one query; its parameters are DuckDB's (`$segment`), never inserted as text. What several
queries share is a macro in dashboards/queries/macros, created for the query that uses it.
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
    """The statements that create the macros a query calls, in order of dependency."""
    known = {path.stem: path.read_text(encoding="utf-8") for path in sorted(MACROS.glob("*.sql"))}
    found: dict[str, str] = {}

    def add_called(by: str) -> None:
        for name, made in known.items():
            if name not in found and made != by and re.search(rf"\b{name}\(", by):
                add_called(made)
                found[name] = made

    add_called(sql)
    return tuple(found.values())
