"""The sources of the dbt project: exports and reference data, attached to a new build file."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.defs.home import POOL, Home, speaking
from orchestration.ingest.specs import EXPORTS
from orchestration.pipeline.build import start
from orchestration.pipeline.publish import recover
from orchestration.pipeline.transform import building_path
from orchestration.validation.audit import audit_arrival, docs_path, refuse_blocked
from orchestration.validation.run import Finding

OP = "inputs"
CHECK = "arrival_suite"


class RefreshConfig(dg.Config):
    """How this refresh differs from the daily one."""

    as_of: str | None = None
    full_refresh: bool = False


def inputs_asset(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Every source of the project.

    Yields none if nothing is new, so the later steps are skipped.
    """
    sources = sorted(
        ((source["source_name"], source["name"], source["description"]))
        for source in manifest["sources"].values()
    )
    landing = [dg.AssetKey(["landing", name]) for name in EXPORTS]

    @dg.multi_asset(
        name=OP,
        specs=[
            dg.AssetSpec(
                key=[schema, table],
                group_name=schema,
                kinds={"duckdb"},
                description=description,
                deps=landing if schema == "raw" else [],
                skippable=True,
            )
            for schema, table, description in sources
        ],
        check_specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=[schema, table],
                description="Great Expectations on every row that arrived.",
            )
            for schema, table, _ in sources
            if schema == "raw" and (table in EXPORTS or table == "load_ledger")
        ],
        can_subset=True,  # otherwise Dagster would require results from a run with nothing new
        pool=POOL,
    )
    def inputs(
        context: dg.AssetExecutionContext, config: RefreshConfig, home: Home
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        settings = home.settings
        with speaking(context):
            recover(settings)
            candidate = start(
                settings,
                as_of=datetime.fromisoformat(config.as_of) if config.as_of else None,
                full_refresh=config.full_refresh,
            )
            if candidate is None:
                return
            found = audit_arrival(
                settings, build_id=candidate.build_id, warehouse=building_path(settings)
            )
        for key in sorted(context.selected_asset_keys):
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={"build_id": candidate.build_id, "as_of": candidate.as_of.isoformat()},
            )
        for check in sorted(context.selected_asset_check_keys, key=str):
            relation = ".".join(check.asset_key.path)
            yield _check_result(check, [one for one in found if one.relation == relation])
        refuse_blocked(found, docs_path(settings, candidate.build_id))

    return inputs


def _check_result(key: dg.AssetCheckKey, found: list[Finding]) -> dg.AssetCheckResult:
    failed = [finding for finding in found if not finding.passed]
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not any(finding.blocks for finding in failed),
        metadata={
            "rules": len(found),
            "failed": [
                f"{finding.severity}: {finding.sentence} {list(finding.offenders)}"
                for finding in failed
            ],
        },
    )
