"""The functions of a snapshot as dbt gives them to DuckDB, without running dbt."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment

MACROS = Path(__file__).resolve().parents[1] / "dbt_project" / "macros"


def published_functions() -> list[dict[str, Any]]:
    """What the macro published_functions returns: dbt's `return`, and `default__` dispatched to."""
    returned: list[Any] = []

    def give_back(value: Any) -> Any:
        returned.append(value)
        return value

    environment = Environment()
    environment.globals["return"] = give_back
    environment.globals["adapter"] = SimpleNamespace(
        dispatch=lambda name: getattr(module, f"default__{name}")
    )
    text = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("money", "functions")
        for path in sorted((MACROS / folder).glob("*.sql"))
    )
    module: Any = environment.from_string(text).module
    module.published_functions()
    functions: list[dict[str, Any]] = returned[-1]
    return functions
