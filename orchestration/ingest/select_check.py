"""Checks a mapping's select: it must be one SELECT over the mapping's sources, and nothing else.

The check uses DuckDB's own parse tree and a list of what is allowed, so anything unknown is
rejected. The connection that runs the select is restricted as well, see landing.
"""

import string
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.ingest.files import shown_name
from orchestration.ingest.functions import FUNCTIONS
from orchestration.platform.errors import InputError
from orchestration.platform.warehouse import parsed

ALLOWED = Path(__file__).parent / "defaults" / "select_functions.txt"
# table functions that only use their arguments
TABLE_FUNCTIONS = ("generate_series", "json_each", "json_tree", "range", "unnest")
VALUE_OF = "getvariable"
# names that DuckDB reads from the clock if there is no such column
CLOCK = ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp")

EXPRESSIONS = {
    "BETWEEN",
    "CASE",
    "CAST",
    "COLLATE",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    "LAMBDA",
    "OPERATOR",
    "POSITIONAL_REFERENCE",
    "STAR",
    "SUBQUERY",
    "WINDOW",
}
NODES = {
    # queries
    "SELECT_NODE",
    "SET_OPERATION_NODE",
    "RECURSIVE_CTE_NODE",
    # in from
    "BASE_TABLE",
    "EMPTY",
    "EXPRESSION_LIST",
    "JOIN",
    "PIVOT",
    "SUBQUERY",
    "TABLE_FUNCTION",
    # modifiers
    "DISTINCT_MODIFIER",
    "LIMIT_MODIFIER",
    "LIMIT_PERCENT_MODIFIER",
    "ORDER_MODIFIER",
    "ORDER_DEFAULT",
    "ASCENDING",
    "DESCENDING",
    # types of casts
    "ARRAY_TYPE_INFO",
    "DECIMAL_TYPE_INFO",
    "ENUM_TYPE_INFO",
    "GENERIC_TYPE_INFO",
    "LIST_TYPE_INFO",
    "STRING_TYPE_INFO",
    "STRUCT_TYPE_INFO",
    "UNBOUND_TYPE_INFO",
}
# how messages call what is rejected
NAMES = {
    "SHOW_REF": "a describe, show or summarize",
    "PARAMETER": "a parameter",
    "DEFAULT": "a default",
}
SHOWN = 60
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(name: str) -> str:
    """The name as DuckDB compares it: ASCII letters in lower case, others unchanged."""
    return name.translate(_SMALL)


def sub_select(select: str) -> str:
    """The select as a subquery; a trailing `--` comment ends with its line."""
    return f"(\n{select.rstrip().rstrip(';')}\n)"


def checked_sources(
    place: str, select: str, sources: tuple[str, ...], values: tuple[str, ...]
) -> frozenset[str]:
    """The sources of the mapping that the select reads.

    Raises InputError, saying where, what was found and what is allowed, unless the select is one
    SELECT over the sources with functions that only use their arguments.
    """
    try:
        return _checked(select, sources, values)
    except _Found as found:
        raise InputError(f"{place}: {found}.") from None


class _Found(Exception):
    """Something not allowed in a select; the text is the sentence without place and full stop."""


@cache
def _checked(select: str, sources: tuple[str, ...], values: tuple[str, ...]) -> frozenset[str]:
    check = _Check(sources, values)
    try:
        check.visit(_statement(select), frozenset())
    except RecursionError:
        raise _Found("the select is nested too deeply to be checked; make it simpler") from None
    return frozenset(name for name in sources if folded(name) in check.read)


def _statement(select: str) -> dict[str, Any]:
    """The parse tree of the select, which must be one SELECT, also in brackets."""
    tree, in_brackets = parsed(select, f"from {sub_select(select)}")
    if tree.get("error_type") == "not implemented":
        raise _Found("the select is not a SELECT statement; only one SELECT is allowed")
    statements: list[dict[str, Any]] = tree.get("statements", [])
    if not tree["error"] and len(statements) != 1:
        raise _Found(f"the select has {len(statements)} statements; only one SELECT is allowed")
    for found in (tree, in_brackets):
        if found["error"]:
            reason = " ".join(str(found.get("error_message")).split()).rstrip(".")
            raise _Found(f"the select is not valid DuckDB SQL: {reason}")
    return statements[0]


class _Check:
    """Walks a parse tree; `read` collects the folded names of the sources."""

    def __init__(self, sources: tuple[str, ...], values: tuple[str, ...]) -> None:
        self.sources = sources
        self.values = values
        self.known = {folded(name) for name in sources}
        self.read: set[str] = set()

    def visit(self, node: Any, queries: frozenset[str]) -> None:
        """Check the node and everything below it; `queries` are the visible with-queries."""
        if isinstance(node, list):
            for value in node:
                self.visit(value, queries)
        elif isinstance(node, dict):
            self._judge(node, queries)
            # a with-query sees earlier ones, and itself only if it is recursive
            for entry in node.get("cte_map", {}).get("map", []):
                self.visit(entry["value"], queries)
                queries |= {folded(entry["key"])}
            for key, value in node.items():
                is_repeated = node.get("type") == "RECURSIVE_CTE_NODE" and key == "right"
                own = {folded(node["cte_name"])} if is_repeated else set()
                if key != "cte_map":
                    self.visit(value, queries | own)

    def _judge(self, node: dict[str, Any], queries: frozenset[str]) -> None:
        kind, group = node.get("type"), node.get("class")
        if group is None and isinstance(kind, str) and kind not in NODES:
            shown = NAMES.get(kind, kind)
            raise _Found(f"the select has {shown}, which is not allowed in a mapping")
        if group is not None and group not in EXPRESSIONS:
            raise _Found(f"the select has {NAMES.get(group, group)}, which is not allowed here")
        if node.get("sample"):
            raise _Found("the select takes a sample, which would load different rows each time")
        if kind == "BASE_TABLE":
            self._judge_table(node, queries)
        elif kind == "TABLE_FUNCTION":
            self._judge_table_function(node["function"])
        elif group in ("FUNCTION", "WINDOW"):
            self._judge_function(node)
        elif group == "COLUMN_REF":
            _judge_column(node["column_names"])
        elif kind == "UNBOUND_TYPE_INFO" and (node["catalog"] or node["schema"]):
            raise _Found(f"the select names the type {_short(node['name'])} of a schema")

    def _judge_table(self, node: dict[str, Any], queries: frozenset[str]) -> None:
        name = node["table_name"]
        shown = ".".join(part for part in (node["catalog_name"], node["schema_name"], name) if part)
        is_plain = shown == name and not node["at_clause"]
        if is_plain and folded(name) in queries:
            return
        if not is_plain or folded(name) not in self.known:
            raise _Found(
                f"the select reads {_short(shown)}, which is not one of the mapping's sources; "
                f"it may read {', '.join(self.sources)} and its own with-queries"
            )
        self.read.add(folded(name))

    def _judge_table_function(self, node: dict[str, Any]) -> None:
        name = str(node.get("function_name", node.get("type")))
        is_plain = node.get("class") == "FUNCTION" and not (node["catalog"] or node["schema"])
        if not is_plain or folded(name) not in TABLE_FUNCTIONS:
            raise _Found(
                f"the select reads from the function {_short(name)}; it may read "
                f"{', '.join(self.sources)}, its own with-queries and "
                f"{', '.join(TABLE_FUNCTIONS)}"
            )

    def _judge_function(self, node: dict[str, Any]) -> None:
        name = folded(node["function_name"])
        if name == VALUE_OF:
            self._judge_value(node["children"])
        elif node["catalog"] or (name not in _functions() and name not in TABLE_FUNCTIONS):
            raise _Found(
                f"the select calls {_short(name)}, which is not allowed; it may call "
                f"{', '.join(FUNCTIONS)} and DuckDB functions that use neither files, settings, "
                "the clock nor random numbers"
            )

    def _judge_value(self, arguments: list[dict[str, Any]]) -> None:
        asked = [entry.get("value") for entry in arguments if entry.get("class") == "CONSTANT"]
        names = [value["value"] for value in asked if isinstance(value, dict)]
        if len(arguments) != 1 or not names or names[0] not in self.values:
            raise _Found(
                f"the select calls {VALUE_OF} with a name that is not one of the mapping's values; "
                f"use one of {', '.join(repr(name) for name in self.values)}"
            )


def _judge_column(names: list[str]) -> None:
    if len(names) == 1 and folded(names[0]) in CLOCK:
        raise _Found(
            f"the select reads {names[0]} from the clock, so the same file would load different "
            "rows on another day; if it is a column, put its source in front"
        )


def _short(text: str) -> str:
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"«{shown_name(shown)}»"


@cache
def _functions() -> frozenset[str]:
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not line.startswith("# ") for word in line.split()]
    return frozenset(folded(word) for word in [*words, *FUNCTIONS])
