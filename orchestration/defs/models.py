"""The dbt project: every model an asset, every data test a check of it."""

from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration.defs.home import POOL, Home, speaking
from orchestration.pipeline.build import current_candidate, run_dbt
from orchestration.pipeline.nodes import NodeResult
from orchestration.pipeline.transform import refuse_failed
from orchestration.platform.streaming import streamed
from orchestration.platform.versions import DBT_PROJECT

Event = dg.MaterializeResult[None] | dg.AssetCheckResult

UNIQUE_ID = "dagster_dbt/unique_id"


class Translator(DagsterDbtTranslator):
    """Groups are the layers of the project: staging, intermediate, marts."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return str(dbt_resource_props["fqn"][1])

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        # the step itself fails (`refuse_failed`); Dagster would warn of a missing check in each run
        # with nothing new
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(blocking=False)


def models_asset(manifest: Path) -> dg.AssetsDefinition:
    """Keys are `[schema, model]`, as in the warehouse; unit tests run in CI, not in a refresh."""

    @dbt_assets(
        manifest=manifest,
        project=DbtProject(DBT_PROJECT, target_path=manifest.parent, profiles_dir=DBT_PROJECT),
        dagster_dbt_translator=Translator(),
        exclude="resource_type:unit_test",
        name="models",
        pool=POOL,
    )
    def models(context: dg.AssetExecutionContext, home: Home) -> Iterator[Event]:
        settings = home.settings
        with speaking(context):
            work = partial(run_dbt, settings, current_candidate(settings))
            results = yield from _events_as_built(context, work)
        refuse_failed(settings, results)

    return models


def _events_as_built(
    context: dg.AssetExecutionContext,
    work: Callable[[Callable[[NodeResult], None]], list[NodeResult]],
) -> Generator[Event, None, list[NodeResult]]:
    """Yield an event for each model or test as soon as it is done; return all results."""
    assets = {spec.metadata[UNIQUE_ID]: spec.key for spec in context.assets_def.specs}
    checks = {
        spec.metadata[UNIQUE_ID]: spec
        for spec in context.assets_def.check_specs
        if spec.metadata and spec.key in context.selected_asset_check_keys
    }
    results = streamed(work)
    while True:
        try:
            result = next(results)
        except StopIteration as end:
            return list(end.value)
        key, check = assets.get(result.unique_id), checks.get(result.unique_id)
        if key in context.selected_asset_keys and result.is_good:
            yield dg.MaterializeResult(asset_key=key, metadata={"seconds": result.seconds})
        if check is not None:
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=result.is_good,
                metadata={"failing_rows": result.failures, "message": result.message},
            )
