"""dbt builds of the gate's home: one by dbt, then one for each changed price book from its models.

dbt takes several times as long to run a model of this home as the model itself takes. So dbt builds
the published book, and for every other book the models are run again as dbt compiled them: all of
those between a changed file and what is compared, as dbt's manifest has it and not as the product
thinks that a change can reach.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

from orchestration.ingest.land import land_export
from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.price_book_rules import Tables
from orchestration.ingest.reference import write_table
from orchestration.ingest.specs import EXPORTS
from orchestration.pipeline import build, transform
from orchestration.pipeline.nodes import CompiledModel
from orchestration.pipeline.publish import publish
from orchestration.pipeline.rating_chain import AHEAD, rating_chain, write_chain
from orchestration.platform.files import write_json
from orchestration.platform.published import Pointer, read_pointer
from orchestration.platform.settings import Settings, load_settings
from orchestration.platform.warehouse import (
    PUBLISHED,
    WAREHOUSE,
    open_memory,
    open_warehouse,
    quoted,
)
from orchestration.validation.audit import audit_path
from tests.whatif.gate_home import make_gate_home

Relation = tuple[str, str]

# what a what-if reports, as the build has it
COMPARED = (
    "fct_shadow_bills",
    "fct_shadow_bill_lines",
    "fct_migration_shock",
    "fct_account_accuracy",
    "fct_segment_scenarios",
    "fct_scenario_flips",
    "fct_scenario_outcomes",
)


def publish_gate_home(folder: Path) -> None:
    """Make the home below a folder and publish it, by dbt and without what judges a refresh."""
    settings = load_settings(make_gate_home(folder / "home"))
    for export in EXPORTS:
        land_export(settings, export)
    candidate = build.start(settings)
    assert candidate is not None
    results = transform.run_models(settings, transform.building_path(settings))
    assert [result.message for result in results if not result.is_good] == []
    with open_warehouse(settings, transform.building_path(settings)) as connection:
        write_chain(connection, rating_chain(transform.compiled_models(settings)))
    transform.building_path(settings).replace(build.build_path(settings, candidate.build_id))
    passed = {"build_id": candidate.build_id, "verdict": "PASS", "evidence": [], "docs": ""}
    write_json(audit_path(settings, candidate.build_id), passed)
    publish(settings, candidate)


@dataclass(frozen=True)
class GateHome:
    """The published home, and the build that dbt made for it."""

    settings: Settings

    @cached_property
    def pointer(self) -> Pointer:
        found = read_pointer(self.settings)
        assert found is not None
        return found

    @property
    def warehouse(self) -> Path:
        return build.build_path(self.settings, self.pointer.build_id)

    @property
    def snapshot(self) -> Path:
        return self.pointer.path(self.settings)

    @cached_property
    def models(self) -> dict[Relation, CompiledModel]:
        """Every model as dbt compiled it, in an order in which each finds what it reads."""
        compiled = {
            (model.schema, model.name): model for model in transform.compiled_models(self.settings)
        }
        graph = {relation: set(model.reads) for relation, model in compiled.items()}
        return {
            relation: compiled[relation]
            for relation in TopologicalSorter(graph).static_order()
            if relation in compiled
        }

    @cached_property
    def relations(self) -> list[Relation]:
        """Every table of the build, and what its views are called."""
        with open_warehouse(self.settings, self.warehouse, read_only=True) as connection:
            found = connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                f"where database_name = '{WAREHOUSE}' union all "
                "select schema_name, view_name from duckdb_views() "
                f"where database_name = '{WAREHOUSE}' and not internal order by all"
            ).fetchall()
        return [(str(schema), str(name)) for schema, name in found]

    @cached_property
    def needed(self) -> list[Relation]:
        """The models that what is compared is made of, in the same order."""
        found: set[Relation] = set()
        left = [relation for relation in self.models if relation[1] in COMPARED]
        while left:
            relation = left.pop()
            # what only a refresh projects is not compared
            if relation in self.models and relation not in found and relation[1] != AHEAD:
                found.add(relation)
                left += self.models[relation].reads
        return [relation for relation in self.models if relation in found]

    @contextmanager
    def built(
        self, book: Tables, tables: Collection[str], leave: Collection[str] = ()
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database `warehouse` in memory: the build with the files `tables` as the book has them.

        What these do not reach, and the models named in `leave`, shows the rows of the build, which
        is attached as `base`; the snapshot is attached as `published`.
        """
        with open_memory(self.settings) as connection:
            for name, path in (("base", self.warehouse), (PUBLISHED, self.snapshot)):
                connection.execute(f"attach {quoted(str(path))} as {name} (read_only)")
            connection.execute(f"attach ':memory:' as {WAREHOUSE}")
            connection.execute(f"use {WAREHOUSE}")
            for schema in {schema for schema, _ in self.relations}:
                connection.execute(f"create schema if not exists {schema}")
            for relation in self.relations:
                if relation not in self.models or not self.models[relation].is_view:
                    name = _name(relation)
                    connection.execute(f"create view {name} as select * from base.{name}")
            for relation, model in self.models.items():
                if model.is_view:
                    connection.execute(f"create view {_name(relation)} as {model.sql}")
            changed = {("reference", table) for table in tables}
            for table in tables:
                connection.execute(f"drop view reference.{table}")
                write_table(connection, REFERENCE[table], book[table])
            for relation in self.needed:
                model = self.models[relation]
                is_reached = not changed.isdisjoint(model.reads) and model.name not in leave
                if is_reached and (model.is_view or has_changed(connection, model)):
                    changed.add(relation)
            yield connection


def _name(relation: Relation) -> str:
    return f'{relation[0]}."{relation[1]}"'


def has_changed(connection: duckdb.DuckDBPyConnection, model: CompiledModel) -> bool:
    """Run the model in the place of the build's rows; whether these are others now."""
    name = _name((model.schema, model.name))
    connection.execute(f"drop view {name}")
    connection.execute(f"create table {name} as {model.sql}")
    made, before = (
        connection.execute(f"select count(*), sum(hash(rows)) from {of}{name} as rows").fetchone()
        for of in ("", "base.")
    )
    return made != before
