"""Every query of the pages is a file that is used, that runs, and that only reads."""

import ast
import re

import duckdb
import pytest

from dashboards.data import queries
from tests.conftest import PublishedHome
from tests.dashboards import sample

CODE = sorted(path for path in (sample.ROOT / "dashboards").rglob("*.py"))
FILES = {
    path.relative_to(queries.FOLDER).with_suffix("").as_posix(): path
    for path in sorted(queries.FOLDER.rglob("*.sql"))
}
MACROS = {name.removeprefix("macros/") for name in FILES if name.startswith("macros/")}
NAMES = sorted(name for name in FILES if not name.startswith("macros/"))
# what makes a rate: dbt_project alone does that, in marts and in the functions of a snapshot
RATE = re.compile(r"/|\b(?:avg|mean|median|quantile\w*|percentile\w*|\w*ratio|divide)\s*\(")
QUIET = re.compile(r"--.*|'[^']*'")
# the rates that a query may ask of a function of dbt_project, each with its reason
RATES = {
    "shadow/compared_in_currency": "of the bills of a what-if, too, which no mart has",
}
# asked of the file of a generation before its tables have their own names
OF_A_FILE = {"warehouse/columns"}


def named() -> set[str]:
    """The queries that code names: arguments of `read`, and of `text`."""
    found = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("read", "text")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and re.fullmatch(r"[a-z_]+/[a-z_]+", str(node.args[0].value))
            ):
                found.add(str(node.args[0].value))
    return found


def test_every_query_is_asked_and_every_name_has_its_query() -> None:
    assert sorted(named()) == NAMES


def test_every_macro_is_called() -> None:
    called = {
        name
        for name in MACROS
        for path in FILES.values()
        if path.stem != name and f"{name}(" in path.read_text(encoding="utf-8")
    }
    assert called == MACROS


def test_a_macro_has_the_name_of_its_file() -> None:
    for name in MACROS:
        made = re.findall(r"macro (\w+)\(", FILES[f"macros/{name}"].read_text(encoding="utf-8"))
        assert made == [name]


def test_no_python_writes_sql() -> None:
    """A query in a string is read by no linter and found by no test of this file."""
    written = [
        f"{path.relative_to(sample.ROOT)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\bselect\b.*\bfrom\b|\b(?:from|join) marts\.", node.value, re.DOTALL)
    ]
    assert written == []


def test_no_query_divides_or_averages() -> None:
    """A rate is a rule: a column of a mart, or a function that dbt_project gives to snapshots."""
    rates = {
        name: found
        for name, path in FILES.items()
        if (found := RATE.findall(QUIET.sub("", path.read_text(encoding="utf-8"))))
    }
    assert {name for name, found in rates.items() if found} == set(RATES)
    assert {found for name in RATES for found in rates[name]} == {"ratio("}


@pytest.mark.parametrize("name", sorted(set(NAMES) - OF_A_FILE))
def test_every_query_runs_on_a_published_snapshot(name: str, small: PublishedHome) -> None:
    """DuckDB binds it: every table, column and macro is there, and it changes nothing."""
    sql = queries.text(name)
    with duckdb.connect(str(small.snapshot), read_only=True) as connection:
        for macro in queries.macros_of(sql):
            connection.execute(macro)
        [statement] = connection.extract_statements(sql)
        assert statement.type == duckdb.StatementType.SELECT
        connection.execute(f"explain {sql}", dict.fromkeys(statement.named_parameters) or None)
