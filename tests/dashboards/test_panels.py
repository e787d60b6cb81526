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


def states() -> dict[str, ast.ClassDef]:
    """The class State of each page's panels."""
    return {
        path.stem: node
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "State"
    }


def test_the_state_of_a_page_cannot_be_changed() -> None:
    decorators = [
        tuple(ast.unparse(decorator) for decorator in node.decorator_list)
        for node in states().values()
    ]
    assert len(decorators) == 12
    assert set(decorators) == {("dataclass(frozen=True)",)}


def test_panels_read_the_snapshot_of_their_page_and_no_other() -> None:
    """Each State is a Page, whose view has the snapshot; another could be of another generation."""
    for name, node in states().items():
        assert [ast.unparse(base) for base in node.bases] == ["Page"], name
        fields = {
            ast.unparse(part.annotation) for part in node.body if isinstance(part, ast.AnnAssign)
        }
        assert not fields & {"Snapshot", "View"}, name


def test_only_the_row_of_keys_reads_a_view_that_it_was_not_given() -> None:
    """What draws a page is passed its view; the keys are about what the reader saw before."""
    readers = {
        path.relative_to(ROOT / "dashboards").as_posix()
        for path in (ROOT / "dashboards").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "seen_before"
    }
    assert readers == {"streamlit_app.py"}
