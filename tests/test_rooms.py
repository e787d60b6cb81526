"""The walls between the rooms hold, and both sides agree on what passes through them."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.functions import published_functions
from tests.shared import public_model_files

ROOT = Path(__file__).resolve().parent.parent

# room -> what may never be imported there
WALLS = {
    "orchestration": ("streamlit", "dashboards"),
    "orchestration/ingest": ("dagster", "dagster_dbt", "dbt", "great_expectations"),
    "orchestration/validation": ("dagster", "dagster_dbt", "dbt"),
    "orchestration/defs": ("great_expectations",),
    "dashboards": ("dagster", "dagster_dbt", "dbt", "great_expectations", "orchestration.defs"),
    "dashboards/charts": ("streamlit", "duckdb"),
}

# the only modules that may open DuckDB; the dialect opens it for Great Expectations
OPENERS = {"orchestration/platform/warehouse.py", "dashboards/data/warehouse.py"}

# dbt is run by one module, Dagster known to these alone
DBT_RUNNER = "orchestration/pipeline/dbt_runner.py"
DAGSTER_KNOWN = (
    "orchestration/defs/",
    "orchestration/definitions.py",
    "orchestration/runs/refresh.py",
)


# from the ground up: a module imports its own floor and those before it, never a later one
FLOORS = (
    ("platform",),
    ("ingest", "generate"),
    ("validation", "pipeline"),
    ("whatif", "explain", "homes", "connect"),
    ("defs",),
    ("definitions", "runs"),
    ("cli",),
)


def _modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _crosses(imported: set[str], banned: str) -> bool:
    return any(name == banned or name.startswith(f"{banned}.") for name in imported)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", WALLS)
def test_no_import_crosses_a_wall(room: str) -> None:
    crossings = [
        f"{_name(path)} imports {banned}"
        for path in _modules(room)
        for banned in WALLS[room]
        if _crosses(_imports(path), banned)
    ]
    assert crossings == []


def test_floors_of_orchestration_only_import_downwards() -> None:
    height = {name: level for level, names in enumerate(FLOORS) for name in names}
    modules = [path for path in _modules("orchestration") if path.parent != ROOT / "orchestration"]
    climbs = [
        f"{_name(path)} imports {imported}"
        for path in [*modules, ROOT / "orchestration" / "definitions.py"]
        for imported in _imports(path)
        if imported.startswith("orchestration.")
        and height[imported.split(".")[1]] > height[_name(path).split("/")[1].removesuffix(".py")]
    ]
    assert climbs == []


def test_nothing_else_lies_beside_the_floors() -> None:
    beside = [path.name for path in (ROOT / "orchestration").glob("*.py")]
    assert sorted(beside) == ["__init__.py", "definitions.py"]


def test_only_the_wrappers_know_dagster_and_only_validation_knows_great_expectations() -> None:
    knowing = [
        _name(path)
        for path in _modules("orchestration")
        if (_crosses(_imports(path), "dagster") and not _name(path).startswith(DAGSTER_KNOWN))
        or (
            _crosses(_imports(path), "great_expectations")
            and not _name(path).startswith("orchestration/validation/")
        )
        or (_crosses(_imports(path), "dbt") and _name(path) != DBT_RUNNER)
    ]
    assert knowing == []


def test_the_dashboard_reaches_what_ifs_through_one_module() -> None:
    reaching = [
        _name(path)
        for path in _modules("dashboards")
        if _crosses(_imports(path), "orchestration.whatif.report")
    ]
    assert reaching == ["dashboards/data/whatif.py"]


def test_duckdb_is_opened_in_one_place_on_each_side() -> None:
    openers = set()
    for path in [*_modules("orchestration"), *_modules("dashboards")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("connect", "sql", "query")
                and isinstance(node.value, ast.Name)
                and node.value.id == "duckdb"
            ):
                openers.add(_name(path))
    assert openers <= OPENERS


def test_ruff_holds_the_walls_and_says_where_the_code_belongs() -> None:
    for config in ROOT.glob("orchestration/**/ruff.toml"):
        banned = tomllib.loads(config.read_text(encoding="utf-8"))["lint"]["flake8-tidy-imports"]
        assert all(len(entry["msg"]) > 15 for entry in banned["banned-api"].values()), config


def test_ruff_stops_an_import_through_a_wall() -> None:
    added = "orchestration/ingest/added.py"
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "-", "--stdin-filename", added],
        input="import dagster\n\nprint(dagster)\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert "TID251" in done.stdout, done.stdout + done.stderr


def test_both_sides_take_the_home_from_the_same_variable() -> None:
    from dashboards.data import warehouse
    from orchestration.platform import home

    assert warehouse.HOME_VARIABLE == home.HOME_VARIABLE
    assert warehouse.DEFAULT_HOME == home.DEFAULT_HOME


def test_every_model_that_the_dashboard_names_is_public() -> None:
    public = {
        model["name"]
        for file in public_model_files()
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
    }
    named = {
        word.strip(".,;()'\"`").removeprefix("marts.")
        for path in [*_modules("dashboards"), *(ROOT / "dashboards" / "queries").rglob("*.sql")]
        for word in path.read_text(encoding="utf-8").split()
        if word.startswith("marts.")
    }
    functions = {function["name"] for function in published_functions()}
    assert {name for name in named if name and name.isidentifier()} <= public | functions


def test_every_environment_variable_is_explained() -> None:
    explained = (ROOT / ".env.example").read_text(encoding="utf-8")
    used = {
        "SEATSHIFT_HOME",
        "SEATSHIFT_WAREHOUSE",
        "SEATSHIFT_MEMORY",
        "SEATSHIFT_THREADS",
        "SEATSHIFT_SPILL",
    }
    assert {name for name in used if f"{name}=" not in explained} == set()
