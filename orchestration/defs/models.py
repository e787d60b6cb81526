"""The dbt project: every model an asset, every data test a check of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration.defs.home import POOL, Home, speaking
from orchestration.pipeline.build import current_candidate, run_dbt
from orchestration.pipeline.transform import NodeResult, refuse_failed
from orchestration.platform.versions import DBT_PROJECT

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
        # the step refuses by itself (`refuse_failed`); Dagster would warn of a missing gate
        # in each run that has nothing new
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
    def models(
        context: dg.AssetExecutionContext, home: Home
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        with speaking(context):
            results = run_dbt(home.settings, current_candidate(home.settings))
        yield from _events(context, results)
        refuse_failed(home.settings, results)

    return models


def _events(
    context: dg.AssetExecutionContext, results: list[NodeResult]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    by_id = {result.unique_id: result for result in results}
    keys = {spec.metadata[UNIQUE_ID]: spec.key for spec in context.assets_def.specs}
    # dbt's own order: an asset comes after those that it reads
    for result in results:
        key = keys.get(result.unique_id)
        if key in context.selected_asset_keys and result.is_good:
            yield dg.MaterializeResult(asset_key=key, metadata={"seconds": result.seconds})
    for spec in context.assets_def.check_specs:
        test = by_id.get((spec.metadata or {}).get(UNIQUE_ID, ""))
        if spec.key in context.selected_asset_check_keys and test is not None:
            yield dg.AssetCheckResult(
                asset_key=spec.asset_key,
                check_name=spec.name,
                passed=test.is_good,
                metadata={"failing_rows": test.failures, "message": test.message},
            )
