"""Every unit test and every data test of the models, on the warehouse of the golden cases."""

import shutil
from pathlib import Path

from tests.dbt_runs import dbt, manifest


def test_every_unit_test_and_data_test_of_the_models_passes(
    golden_warehouse: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "golden.duckdb"
    shutil.copyfile(golden_warehouse, warehouse)
    results = dbt(warehouse, "test").result.results
    failed = [
        (result.node.unique_id, result.message)
        for result in results
        if str(result.status) not in ("pass", "warn")
    ]
    assert failed == []
    unit_tests = set(manifest(tmp_path).unit_tests)
    run = {result.node.unique_id for result in results}
    assert unit_tests <= run, "unit tests were left out of the run"
    assert len(unit_tests) > 100
