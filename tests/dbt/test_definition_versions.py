"""The table of definitions' versions holds what the yml files of the models say."""

from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_runs import build_models


def test_owners_and_versions_are_published_as_the_models_say_them(
    manifest: dict[str, Any], tmp_path: Path
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(warehouse)).close()
    build_models(warehouse, "dim_definition_versions")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select model, version, owner, cast(changed_on as varchar), change, is_latest"
            " from marts.dim_definition_versions order by model, version"
        ).fetchall()
    expected = [
        (
            node["name"],
            change["version"],
            node["config"]["meta"]["owner"],
            change["since"],
            change.get("what"),
            change["version"] == node["config"]["meta"]["version"],
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["access"] == "public"
        for change in node["config"]["meta"]["changes"]
    ]
    assert found == sorted(expected, key=lambda row: row[:2])
    assert len(found) > 80
