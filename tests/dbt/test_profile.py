"""The shipped profile, as a build uses it that needs more than its memory."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.platform.versions import DBT_PROJECT

pytestmark = pytest.mark.slow

PROJECT = """
name: spilling
version: "1.0"
profile: seatshift
flags:
  send_anonymous_usage_stats: false
"""
# more than the memory allowed, so that some of it goes to the temporary directory
LARGE = "select range as number, md5(cast(range as varchar)) as digest from range(2000000)"


def test_models_go_on_after_one_that_spilled(tmp_path: Path) -> None:
    project, spill = tmp_path / "project", tmp_path / "spill"
    (project / "models").mkdir(parents=True)
    spill.mkdir()
    (project / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    for name, sql in {
        "first": f"{{{{ config(materialized='table') }}}} {LARGE} order by digest",
        "second": "{{ config(materialized='table') }}"
        " select count(*) as row_count from {{ ref('first') }}",
    }.items():
        (project / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "run", "--project-dir", str(project)),
            *("--profiles-dir", str(DBT_PROJECT)),
        ],
        env={
            **os.environ,
            "SEATSHIFT_WAREHOUSE": str(tmp_path / "warehouse.duckdb"),
            "SEATSHIFT_MEMORY": "60MB",
            "SEATSHIFT_SPILL": str(spill),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select row_count from main.second").fetchall() == [(2000000,)]
