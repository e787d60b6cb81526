"""Every unit test and every data test of the models, on the warehouse of the golden cases."""

import shutil
from pathlib import Path

from orchestration.pipeline.recorded import execute
from orchestration.platform.settings import load_settings
from orchestration.platform.warehouse import open_warehouse
from tests.dbt_runs import dbt, manifest, recorded
from tests.platform.small_home import make_small_home


def test_every_unit_test_of_the_models_passes(golden_warehouse: Path, tmp_path: Path) -> None:
    warehouse = tmp_path / "golden.duckdb"
    shutil.copyfile(golden_warehouse, warehouse)
    results = dbt(warehouse, "test", "--select", "test_type:unit").result.results
    failed = [
        (result.node.unique_id, result.message)
        for result in results
        if str(result.status) != "pass"
    ]
    assert failed == []
    unit_tests = set(manifest(tmp_path).unit_tests)
    assert unit_tests == {result.node.unique_id for result in results}
    assert len(unit_tests) > 100


def test_every_data_test_of_the_models_passes(golden_warehouse: Path, tmp_path: Path) -> None:
    """As a refresh executes them, which is what dbt executed (tests/platform/test_recorded.py)."""
    warehouse = tmp_path / "golden.duckdb"
    shutil.copyfile(golden_warehouse, warehouse)
    tests = tuple(node for node in recorded().nodes if node.kind == "test")
    settings = load_settings(make_small_home(tmp_path / "home"))
    with open_warehouse(settings, warehouse) as connection:
        results = [execute(connection, node) for node in tests]
    assert [(result.name, result.message) for result in results if not result.is_good] == []
    data_tests = {
        name
        for name, node in manifest(tmp_path).nodes.items()
        if node.resource_type == "test" and node.config.enabled
    }
    assert {result.unique_id for result in results} == data_tests
