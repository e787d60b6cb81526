"""What a build takes over from the last one, and when it takes over nothing."""

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import build, transform
from orchestration.pipeline.nodes import UNCHANGED, NodeResult
from orchestration.pipeline.reuse import _digest, same_relations
from orchestration.platform.progress import listening
from orchestration.platform.settings import Settings
from orchestration.runs.refresh import refresh
from tests.dbt_runs import recorded
from tests.platform.small_home import write_csv

pytestmark = pytest.mark.builds

THRESHOLDS = ["name", "segment", "valid_from", "fires_at", "clears_at", "direction", "unit"]
RELATION = re.compile(r'"warehouse"\."(\w+)"\."(\w+)"')


def set_threshold(settings: Settings, share: str) -> None:
    write_csv(
        settings.home / "reference" / "thresholds.csv",
        THRESHOLDS,
        [["limit_shock_share", "", "", share, "", "above", "ratio"]],
    )


def built(settings: Settings, *, full_refresh: bool = False) -> list[NodeResult]:
    candidate = build.start(settings, full_refresh=full_refresh)
    assert candidate is not None
    return build.run_dbt(settings, candidate)


def rebuilt(results: list[NodeResult]) -> set[str]:
    """The models that were not taken over."""
    return {one.name for one in results if one.kind == "model" and one.message != UNCHANGED}


def published(settings: Settings) -> Path:
    return build.build_path(settings, refresh(settings).pointer.build_id)


def test_a_threshold_rebuilds_verdicts_and_no_bill(small_copy: Settings) -> None:
    set_threshold(small_copy, "0.06")
    published(small_copy)  # the first build's months of usage become stored ones
    set_threshold(small_copy, "0.07")
    again = rebuilt(built(small_copy))
    assert {"int_decision_limits", "fct_verdicts", "dim_thresholds"} <= again
    assert (
        not {"int_rated_charges", "int_bill_lines", "fct_shadow_bills", "int_usage_daily"} & again
    )
    assert len(again) < 100


def test_a_whole_build_takes_over_nothing(small_copy: Settings) -> None:
    results = built(small_copy, full_refresh=True)
    assert rebuilt(results) == {one.name for one in results if one.kind == "model"}


def test_every_relation_that_a_statement_names_is_one_that_it_reads() -> None:
    """Otherwise a change of that relation would not rebuild the node."""
    named = {
        node.name: set(RELATION.findall(node.statement)) - {node.relation} - set(node.reads)
        for node in recorded().nodes
    }
    assert {name: names for name, names in named.items() if names} == {}


@pytest.mark.parametrize("harm", ["build", "nodes", "cut off", "missing", "other models"])
def test_what_is_damaged_is_not_taken_over(harm: str, small_copy: Settings) -> None:
    last = published(small_copy)
    nodes = last.with_suffix(".nodes.json")
    if harm == "build":
        content = bytearray(last.read_bytes())
        content[len(content) // 2] ^= 1
        last.write_bytes(content)
    elif harm == "nodes":
        nodes.write_text(json.dumps(json.loads(nodes.read_text()) | {"sha256": "0"}))
    elif harm == "cut off":
        nodes.write_text(nodes.read_text()[:1000])
    elif harm == "missing":
        nodes.unlink()
    else:
        nodes.write_text(json.dumps(json.loads(nodes.read_text()) | {"version": "other"}))
    set_threshold(small_copy, "0.07")
    said: list[str] = []
    with listening(said.append):
        results = built(small_copy)
    assert len(rebuilt(results)) == sum(one.kind == "model" for one in results)
    assert (f"{last} is damaged, so every model is built again." in said) == (
        harm in ("build", "nodes")
    )


def test_after_a_crash_in_the_models_nothing_is_taken_over(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is then neither the last build nor the new one."""
    published(small_copy)
    set_threshold(small_copy, "0.07")
    candidate = build.start(small_copy)
    assert candidate is not None
    with monkeypatch.context() as patch:
        patch.setattr(transform, "remember", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build.run_dbt(small_copy, candidate)
    results = build.run_dbt(small_copy, candidate)
    assert len(rebuilt(results)) == sum(one.kind == "model" for one in results)


def test_builds_of_the_same_inputs_have_the_same_contents(
    small_copy: Settings, tmp_path: Path
) -> None:
    one = published(small_copy)
    aside = tmp_path / one.name
    shutil.copyfile(one, aside)
    shutil.copyfile(one.with_suffix(".nodes.json"), aside.with_suffix(".nodes.json"))
    built(small_copy, full_refresh=True)
    same = same_relations(one, aside)
    assert {("marts", "fct_shadow_bills"), ("intermediate", "int_bill_lines")} <= same
    assert ("raw", "accounts") in same


def test_a_digest_depends_on_rows_and_columns_and_not_on_their_order(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")

        def digest(select: str) -> str:
            connection.execute(f"create or replace table t as {select}")
            return _digest(connection, ("main", "t"))

        first = digest("select * from (values (1, 'a'), (2, 'b')) as v (x, y)")
        assert digest("select * from (values (2, 'b'), (1, 'a')) as v (x, y)") == first
        for other in (
            "select * from (values (1, 'b'), (2, 'a')) as v (x, y)",
            "select * from (values (1, 'a'), (2, 'b'), (2, 'b')) as v (x, y)",
            "select * from (values (1, 'a'), (2, null)) as v (x, y)",
            "select * from (values (1, 'a'), (2, 'b')) as v (x, z)",
            "select x::bigint as x, y from (values (1, 'a'), (2, 'b')) as v (x, y)",
            "select * from (values (1, 'a')) as v (x, y)",
        ):
            assert digest(other) != first, other
