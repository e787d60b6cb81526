"""Every unit test and every data test of the models, on the warehouse of the golden cases."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.golden.runner import PROJECT


def test_every_unit_test_and_data_test_of_the_models_passes(
    golden_warehouse: Path, tmp_path: Path
) -> None:
    warehouse = tmp_path / "golden.duckdb"
    shutil.copyfile(golden_warehouse, warehouse)
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "test",
            "--quiet",
            "--target-path",
            str(tmp_path / "target"),
            "--log-path",
            str(tmp_path / "logs"),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "SEATSHIFT_WAREHOUSE": str(warehouse),
            "DBT_PROFILES_DIR": str(PROJECT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    failed = [
        (result["unique_id"], result["message"])
        for result in results
        if result["status"] not in ("pass", "warn")
    ]
    assert failed == [], done.stdout
    manifest = json.loads((tmp_path / "target" / "manifest.json").read_text())
    run = {result["unique_id"] for result in results}
    assert set(manifest["unit_tests"]) <= run, "unit tests were left out of the run"
    assert len(manifest["unit_tests"]) > 100
