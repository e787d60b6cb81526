"""The Dagster graph, pinned: an asset, check, job, schedule or sensor cannot vanish unseen."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import dagster as dg
import pytest

from orchestration.defs import inputs, landing, models, release
from orchestration.defs.graph import home_definitions
from orchestration.defs.timing import inputs_state
from orchestration.ingest.price_book import REFERENCE
from orchestration.ingest.specs import EXPORTS
from orchestration.pipeline.build import Candidate
from orchestration.pipeline.nodes import NodeResult
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import Settings
from orchestration.runs import refresh as refreshing
from orchestration.validation.rules import CRITICAL
from orchestration.validation.run import Finding
from tests.builds import builds
from tests.conftest import PublishedHome

PUBLIC_MODELS = {
    "dim_accounts",
    "dim_settings",
    "export_status",
    "fct_bill_shock",
    "fct_cohort_retention",
    "fct_invoice_reconciliation",
    "fct_mrr_movements",
    "fct_seat_ledger",
    "fct_seat_utilization",
    "fct_shadow_bill_lines",
    "fct_shadow_bills",
    "fct_signals",
    "fct_usage_monthly",
    "fct_verdicts",
    "load_ledger",
    "quarantine",
}


@pytest.fixture(scope="module")
@builds
def graph(small: PublishedHome) -> dg.Definitions:
    return home_definitions(small.settings)


@pytest.fixture(scope="module")
def keys(graph: dg.Definitions) -> set[tuple[str, ...]]:
    found = graph.resolve_asset_graph().materializable_asset_keys
    return {tuple(key.path) for key in found}


def test_every_export_lands_and_is_shown(keys: set[tuple[str, ...]]) -> None:
    assert {key[1] for key in keys if key[0] == "landing"} == set(EXPORTS)
    shown = {key[1] for key in keys if key[0] == "raw"}
    assert shown >= {*EXPORTS, "load_ledger", "quarantine", "export_status"}


def test_every_reference_table_is_an_asset(keys: set[tuple[str, ...]]) -> None:
    assert {key[1] for key in keys if key[0] == "reference"} >= {
        *REFERENCE,
        "settings",
        "currencies",
    }


def test_every_public_model_is_an_asset(keys: set[tuple[str, ...]]) -> None:
    assert {key[1] for key in keys if key[0] == "marts"} >= PUBLIC_MODELS


def test_the_layers_are_all_there(keys: set[tuple[str, ...]]) -> None:
    assert {key[0] for key in keys} == {
        "landing",
        "raw",
        "reference",
        "statistics",
        "staging",
        "intermediate",
        "marts",
        "audit",
        "published",
    }


def test_every_public_model_has_a_check(graph: dg.Definitions) -> None:
    checks = graph.resolve_asset_graph().asset_check_keys
    checked = {tuple(check.asset_key.path) for check in checks}
    grains = {name for schema, name in checked if schema == "marts"}
    assert grains >= PUBLIC_MODELS - {"dim_settings"}
    assert {name for schema, name in checked if schema == "raw"} >= set(EXPORTS)
    assert ("audit", "built") in checked


def test_the_snapshot_waits_for_the_audit_and_the_audit_for_every_public_model(
    graph: dg.Definitions, keys: set[tuple[str, ...]]
) -> None:
    nodes = graph.resolve_asset_graph()
    snapshot = nodes.get(dg.AssetKey(["published", "snapshot"]))
    audit = nodes.get(dg.AssetKey(["audit", "built"]))
    assert snapshot.parent_keys == {dg.AssetKey(["audit", "built"])}
    assert {tuple(key.path) for key in audit.parent_keys} == {
        key for key in keys if key[0] == "marts"
    }


def test_an_arrival_that_fails_its_audit_starts_no_model(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step itself is the gate, whether or not Dagster knows that its checks block."""
    refused = Finding(
        rule="rows",
        relation="raw.accounts",
        sentence="accounts is empty",
        severity=CRITICAL,
        passed=False,
        observed="0",
        offenders=(),
    )
    candidate = Candidate(build_id="0" * 16, as_of=datetime.fromisoformat("2026-07-01"))
    monkeypatch.setattr(inputs, "start", lambda *_, **__: candidate)
    monkeypatch.setattr(inputs, "audit_arrival", lambda *_, **__: [refused])
    job = home_definitions(small_copy).resolve_job_def("refresh")
    with dg.DagsterInstance.ephemeral() as instance:
        # as Dagster's own workers run it: a failed step does not end the run on its own
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success
    steps = {event.step_key for event in result.all_events if event.is_step_start}
    assert "inputs" in steps
    assert not steps & {"models", "audit__built", "published__snapshot"}


def test_dagster_shows_a_model_while_the_next_one_is_built(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, ...]] = []
    done = NodeResult(
        unique_id="model.seatshift.stg_accounts",
        name="stg_accounts",
        kind="model",
        status="success",
        message="",
        failures=0,
        seconds=0.1,
    )
    failed = replace(done, unique_id="model.seatshift.stg_tiers", name="stg_tiers", status="error")

    def build(
        settings: Settings, candidate: Candidate, report: Callable[[NodeResult], None]
    ) -> list[NodeResult]:
        report(done)
        until = time.monotonic() + 60
        while not shown and time.monotonic() < until:
            time.sleep(0.01)
        report(failed)
        return [done, failed]

    candidate = Candidate(build_id="0" * 16, as_of=datetime.fromisoformat("2026-07-01"))
    monkeypatch.setattr(inputs, "start", lambda *_, **__: candidate)
    monkeypatch.setattr(inputs, "audit_arrival", lambda *_, **__: [])
    monkeypatch.setattr(models, "current_candidate", lambda _: candidate)
    monkeypatch.setattr(models, "run_dbt", build)
    job = home_definitions(small_copy).resolve_job_def("refresh")
    with dg.DagsterInstance.ephemeral() as instance:
        store = type(instance).handle_new_event

        def watch(self: dg.DagsterInstance, entry: dg.EventLogEntry, **rest: Any) -> None:
            store(self, entry, **rest)
            event = entry.dagster_event
            if event and event.is_step_materialization and event.step_key == "models":
                shown.append(tuple(event.asset_key.path if event.asset_key else ()))

        monkeypatch.setattr(type(instance), "handle_new_event", watch)
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success
    assert shown == [("staging", "stg_accounts")]


def test_the_job_does_what_the_command_does(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step in the same order, with the same result: the build's id is of all that counts."""
    by_command = small_copy.pointer.read_bytes()
    steps: dict[str, list[str]] = {"command": [], "job": []}
    running = "command"
    for name in ("land_export", "recover", "start", "audit_arrival", "run_dbt", "audit_built"):
        for module in (refreshing, landing, inputs, models, release):
            if hasattr(module, name):
                step = getattr(module, name)

                def noted(*args: Any, _step: Any = step, **named: Any) -> Any:
                    steps[running].append(_step.__name__)
                    return _step(*args, **named)

                monkeypatch.setattr(module, name, noted)
    refreshing.refresh(small_copy, full_refresh=True)
    running = "job"
    job = home_definitions(small_copy).resolve_job_def("refresh")
    config = {"ops": {inputs.OP: {"config": {"full_refresh": True}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        assert job.execute_in_process(instance=instance, run_config=config).success
    assert steps["job"] == steps["command"]
    assert steps["job"][-5:] == ["recover", "start", "audit_arrival", "run_dbt", "audit_built"]
    pointer = read_pointer(small_copy)
    assert pointer is not None
    assert pointer.generation == 3
    assert pointer.build_id == json.loads(by_command)["build_id"]


def test_one_job_one_schedule_one_sensor(graph: dg.Definitions, small: PublishedHome) -> None:
    repository = graph.get_repository_def()
    jobs = [name for name in repository.job_names if not name.startswith("__")]
    assert jobs == ["refresh"]
    (schedule,) = repository.schedule_defs
    assert (schedule.name, schedule.cron_schedule) == ("daily_refresh", "0 6 * * *")
    assert schedule.execution_timezone == small.settings.time_zone
    (sensor,) = [one for one in repository.sensor_defs if one.name == "new_files"]
    assert sensor.job_name == "refresh"


def test_the_sensor_asks_once_when_files_have_settled(
    small_copy: Settings,
) -> None:
    sensor = home_definitions(small_copy).get_repository_def().get_sensor_def("new_files")
    first = sensor.evaluate_tick(dg.build_sensor_context())
    assert not first.run_requests  # changed just now: still settling
    second = sensor.evaluate_tick(dg.build_sensor_context(cursor=first.cursor))
    assert len(second.run_requests or []) == 1
    third = sensor.evaluate_tick(dg.build_sensor_context(cursor=second.cursor))
    assert not third.run_requests


def test_a_new_file_changes_what_the_sensor_sees(small_copy: Settings) -> None:
    before = inputs_state(small_copy)
    (small_copy.exports / "support_tickets.csv").write_text("ticket_id\n", encoding="utf-8")
    assert inputs_state(small_copy) != before


def test_the_module_that_dagster_loads_has_one_definitions_function(
    small: PublishedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration import definitions

    monkeypatch.setenv("SEATSHIFT_HOME", str(small.home))
    loaded = definitions.seatshift()
    assert isinstance(loaded, dg.Definitions)
    assert loaded.resolve_job_def("refresh").name == "refresh"
