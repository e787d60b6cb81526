"""Panels draw what they are given: no function of a page reads what the page's script works out."""

import ast
from pathlib import Path

import pytest

from tests.dashboards.sample import ROOT

MODULES = sorted(
    path
    for folder in ("app_pages", "panels", "shell")
    for path in (ROOT / "dashboards" / folder).glob("*.py")
)
SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def worked_out(module: ast.Module) -> set[str]:
    """Names that statements of the module set, constants in capitals left out."""
    found: set[str] = set()
    waiting: list[ast.AST] = [
        node for node in module.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        waiting += [below for below in ast.iter_child_nodes(node) if not isinstance(below, SCOPES)]
    return {name for name in found if not name.isupper()}


def read_by(function: ast.FunctionDef) -> set[str]:
    """Names that a function reads and does not set itself."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    own |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return {node.id for node in names} - own


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_function_reads_what_a_script_works_out(path: Path) -> None:
    module = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    variables = worked_out(module)
    assert {node.name: found for node in functions if (found := read_by(node) & variables)} == {}


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.parent.name == "panels"], ids=lambda path: path.stem
)
def test_a_module_of_panels_does_nothing_when_it_is_imported(path: Path) -> None:
    """It runs once for all sessions: only its page's script runs for a reader."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    _, *others = module.body or [ast.Pass()]
    assert [node.lineno for node in others if not isinstance(node, allowed)] == []
    assert worked_out(module) == set()


def test_the_state_of_a_page_cannot_be_changed() -> None:
    states = {
        path.stem: [ast.unparse(decorator) for decorator in node.decorator_list]
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "State"
    }
    assert len(states) == 11
    assert set(map(tuple, states.values())) == {("dataclass(frozen=True)",)}
