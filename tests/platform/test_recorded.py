"""Builds that repeat what dbt executed, instead of running dbt."""

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import build, recorded, transform
from orchestration.pipeline.nodes import NodeResult
from orchestration.pipeline.recorded import Recording, recording_in
from orchestration.platform.settings import Settings
from orchestration.platform.versions import DBT_PROJECT
from orchestration.platform.warehouse import open_memory, quoted
from tests.dbt_runs import recorded as shared_recording

# of dbt, what asks a database before a statement is known
INTROSPECTION = ("run_query", "load_result", "dbt_utils", "get_columns_in_query", "env_var")


def _started(settings: Settings) -> Path:
    candidate = build.start(settings, full_refresh=True)
    assert candidate is not None
    return transform.building_path(settings)


@pytest.mark.builds
def test_a_replayed_build_is_one_by_dbt(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables, views, types, comments and every row."""
    warehouse = _started(small_copy)
    by_dbt = small_copy.builds / "by_dbt.duckdb"
    shutil.copyfile(warehouse, by_dbt)
    with monkeypatch.context() as patch:
        patch.setattr(transform, "_built_by_dbt", lambda *_: pytest.fail("dbt ran"))
        replayed = transform.run_models(small_copy, warehouse)
    warehouse.rename(small_copy.builds / "replayed.duckdb")
    by_dbt.rename(warehouse)
    built = transform._built_by_dbt(small_copy, warehouse, None)
    assert {(one.unique_id, one.status) for one in replayed} == {
        (one.unique_id, one.status) for one in built
    }
    with open_memory(small_copy) as connection:
        for name, path in (("one", small_copy.builds / "replayed.duckdb"), ("two", warehouse)):
            connection.execute(f"attach {quoted(str(path))} as {name} (read_only)")
        columns = (
            "select schema_name, table_name, column_index, column_name, data_type, is_nullable, "
            "comment from duckdb_columns() where database_name = '{}' and not internal "
            "order by all"
        )
        relations = (
            "select schema_name, table_name, comment from duckdb_tables() "
            "where database_name = '{0}' union all "
            "select schema_name, view_name, comment from duckdb_views() "
            "where database_name = '{0}' and not internal order by all"
        )
        for query in (columns, relations):
            one, two = (
                connection.execute(query.format(name)).fetchall() for name in ("one", "two")
            )
            assert one == two
            assert len(one) > 200
        for schema, table, _ in connection.execute(
            "select schema_name, table_name, comment from duckdb_tables() "
            "where database_name = 'one'"
        ).fetchall():
            relation = f'{schema}."{table}"'
            for this, that in (("one", "two"), ("two", "one")):
                lacking = connection.execute(
                    f"from {this}.{relation} except all from {that}.{relation} limit 1"
                ).fetchall()
                assert lacking == [], relation


def test_no_statement_depends_on_the_data() -> None:
    """A recorded statement holds for any home only if dbt asks no database while it compiles."""
    asking = [
        (path.name, word)
        for folder in ("models", "macros", "tests")
        for path in (DBT_PROJECT / folder).rglob("*.sql")
        for word in INTROSPECTION
        if word in path.read_text(encoding="utf-8")
    ]
    assert asking == []


@pytest.mark.builds
def test_what_fails_in_a_replay_is_left_to_dbt(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = _started(small_copy)
    nodes = shared_recording().nodes
    model = next(node for node in nodes if node.kind == "model")
    test = replace(
        next(node for node in nodes if node.kind == "test"),
        statement="select 2, true, true",
    )
    reported: list[str] = []
    by_dbt = [NodeResult("test.some", "some", "test", "fail", "", 2, 0.1)]
    monkeypatch.setattr(transform, "read_recording", lambda _: Recording("some", (model, test)))
    monkeypatch.setattr(transform, "_built_by_dbt", lambda *_: by_dbt)
    results = transform.run_models(
        small_copy, warehouse, lambda result: reported.append(result.name)
    )
    assert results == by_dbt
    assert reported == [model.name]


@pytest.mark.builds
@pytest.mark.parametrize(
    ("statement", "only_warns", "status"),
    [
        ("select 0, false, false", False, "pass"),
        ("select 3, true, true", False, "fail"),
        ("select 3, true, true", True, "warn"),
        ("select 3, true, false", False, "warn"),
        ("select nothing", False, "error"),
    ],
)
def test_a_test_ends_as_dbt_would_end_it(statement: str, only_warns: bool, status: str) -> None:
    node = replace(
        next(node for node in shared_recording().nodes if node.kind == "test"),
        statement=statement,
        only_warns=only_warns,
    )
    with duckdb.connect() as connection:
        assert recorded.execute(connection, node).status == status


@pytest.mark.builds
def test_a_failed_model_leaves_nothing_half_built() -> None:
    model = replace(
        next(node for node in shared_recording().nodes if node.kind == "model"),
        statement="create table half as select 1; select error('disk')",
    )
    with duckdb.connect() as connection:
        result = recorded.execute(connection, model)
        assert (result.status, "disk" in result.message) == ("error", True)
        connection.execute("rollback")
        assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (0,)


@pytest.mark.builds
def test_a_damaged_recording_does_not_count(tmp_path: Path) -> None:
    shared_recording()
    (path,) = [
        one for one in recorded.SHARED.glob("*.json") if one.stem.startswith(recorded._version())
    ][:1]
    copy = tmp_path / path.name
    content = bytearray(path.read_bytes())
    copy.write_bytes(content)
    assert recording_in(tmp_path) is not None
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    assert recording_in(tmp_path) is None
    copy.unlink()
    copy.mkdir()
    assert recording_in(tmp_path) is None
