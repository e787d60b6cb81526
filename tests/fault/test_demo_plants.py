"""Every fault that the demo company's manifest lists in its exports is found by loading."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest.specs import EXPORTS
from orchestration.platform.settings import load_settings
from tests.ingest.homes import Built, build

pytestmark = pytest.mark.slow

SEEDS = Path(__file__).parents[2] / "seeds"
PLANTS: list[dict[str, Any]] = json.loads((SEEDS / "manifest.json").read_text("utf-8"))["faults"]
ROWS = [plant for plant in PLANTS if plant["ids"] and plant["fate"] != "absent"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Built:
    home = tmp_path_factory.mktemp("demo") / "home"
    shutil.copytree(SEEDS, home, ignore=shutil.ignore_patterns("var"))
    return build(load_settings(home))


@pytest.mark.parametrize(
    "plant", ROWS, ids=[f"{plant['kind']}-{plant['ids'][0]}" for plant in ROWS]
)
def test_a_plant_ends_where_the_manifest_says(demo: Built, plant: dict[str, Any]) -> None:
    spec = EXPORTS[plant["export"]]
    keys = ", ".join(f"'{name}'" for name in plant["ids"])
    if plant["fate"] == "quarantined":
        key = " || '/' || ".join(f"(raw->>'$.{column}')" for column in spec.key)
        found = demo.rows(
            "select distinct reason from raw.quarantine "
            f"where export = '{spec.name}' and {key} in ({keys})"
        )
        assert found == [(plant["reason"],)]
    elif plant["fate"] == "loaded":
        key = " || '/' || ".join(spec.key)
        found = demo.rows(f"select count(*) from raw.{spec.name} where {key} in ({keys})")
        assert found == [(len(plant["ids"]),)]
    else:
        found = demo.rows(
            "select fate, count(distinct row_key) from raw.fates "
            f"where export = '{spec.name}' and replace(row_key, chr(31), '/') in ({keys}) "
            "group by fate"
        )
        assert found == [(plant["fate"], len(plant["ids"]))]


def test_nothing_but_the_plants_is_held(demo: Built) -> None:
    planted = sum(len(plant["ids"]) for plant in PLANTS if plant["fate"] == "quarantined")
    twice = sum(plant["reason"] == "conflicting_duplicate" for plant in PLANTS)
    assert demo.rows("select count(*) from raw.quarantine") == [(planted + twice,)]


def test_a_resent_file_adds_nothing(demo: Built) -> None:
    files = demo.rows("select count(*) from raw.load_ledger where export = 'support_tickets'")
    assert files == [(1,)]


def test_every_file_of_the_demo_obeys_the_law_of_counts(demo: Built) -> None:
    broken = demo.rows(
        "select file_name from raw.load_ledger "
        "where rows_read <> loaded + revisions + duplicates + quarantined + skipped"
    )
    assert broken == []
