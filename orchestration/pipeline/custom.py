"""Models of the company's own: HOME/models/custom/<name>.sql becomes table `custom.<name>`.

Each file is one SELECT over the public models, written as `{{ ref('fct_shadow_bills') }}` or
`marts.fct_shadow_bills`, over the price book (`reference.plans`) and over other custom models. They
are built after the marts and published with them. They have no contracts, no audit judges them, and
one that fails is reported and left out: it never stops a refresh.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import duckdb

from orchestration.platform.progress import say
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import open_warehouse, parsed

SCHEMA = "custom"
NAME = re.compile(r"[a-z_][a-z0-9_]*")
REF = re.compile(r"\{\{\s*ref\(\s*['\"](?P<name>\w+)['\"]\s*\)\s*\}\}")


@dataclass(frozen=True)
class CustomModel:
    """One file: its path, and the SELECT with its `ref`s."""

    path: Path
    sql: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def refs(self) -> list[str]:
        return [match["name"] for match in REF.finditer(self.sql)]


def custom_models(settings: Settings) -> list[CustomModel]:
    """The home's custom models by name; empty if it has none."""
    return [
        CustomModel(path, path.read_text(encoding="utf-8").strip().rstrip(";"))
        for path in sorted((settings.home / "models" / "custom").glob("*.sql"))
    ]


def custom_version(settings: Settings) -> str | None:
    """A hash of all custom models; None if there are none, so that they change no build."""
    models = custom_models(settings)
    if not models:
        return None
    total = hashlib.sha256()
    for model in models:
        total.update(f"{model.name}\0{model.sql}\0".encode())
    return total.hexdigest()


def build_custom(settings: Settings, warehouse: Path) -> list[str]:
    """Build the custom models in the file; return one sentence for each that is left out."""
    models = custom_models(settings)
    problems: list[str] = []
    with open_warehouse(settings, warehouse) as connection:
        connection.execute(f"drop schema if exists {SCHEMA} cascade")
        if not models:
            return []
        # they are SQL of people: over what is in the build, and nothing else of the machine
        connection.execute("set enable_external_access = false")
        connection.execute(f"create schema {SCHEMA}")
        places = _relations(connection)
        for model in _in_order(models, problems):
            try:
                select = _rendered(model, places)
                connection.execute(
                    f'create table {SCHEMA}."{model.name}" as select * from (\n{select}\n)'
                )
            except (ValueError, duckdb.Error) as error:
                reason = str(error).splitlines()[0]
                problems.append(f"Custom model {model.path} is not published: {reason}")
                continue
            places[model.name] = SCHEMA
    for problem in problems:
        say(problem)
    return problems


def _rendered(model: CustomModel, places: dict[str, str]) -> str:
    if not NAME.fullmatch(model.name):
        raise ValueError("name the file with lower-case letters, digits and underscores.")
    unknown = [name for name in model.refs if name not in places]
    if unknown:
        raise ValueError(
            f"ref('{unknown[0]}') is neither a public model nor a custom model that was built."
        )
    select = REF.sub(lambda match: f'{places[match["name"]]}."{match["name"]}"', model.sql)
    (tree,) = parsed(select)
    if tree.get("error"):
        raise ValueError(f"it must be one SELECT: {tree['error_message']}")
    if len(tree["statements"]) != 1:
        raise ValueError(f"it must be one SELECT, and it has {len(tree['statements'])}.")
    return select


def _relations(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The schema of every public model and reference table."""
    found = connection.execute(
        "select table_name, schema_name from duckdb_tables() "
        "where database_name = 'warehouse' and schema_name in ('reference', 'marts') "
        "order by schema_name desc, table_name"
    ).fetchall()
    return dict(found)


def _in_order(models: list[CustomModel], problems: list[str]) -> Iterator[CustomModel]:
    """Each model after those that it reads; models that read each other are left out."""
    by_name = {model.name: model for model in models}
    graph = {
        name: {read for read in model.refs if read in by_name} for name, model in by_name.items()
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = sorted(set(error.args[1]))
        problems.append(
            f"Custom models {', '.join(names)} in {models[0].path.parent} are not published: they "
            "read each other."
        )
        order = [name for name in by_name if name not in names]
    return (by_name[name] for name in order)
