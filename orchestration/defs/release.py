"""The audit of what was built, and the snapshot that readers see."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.home import POOL, Home, speaking
from orchestration.pipeline.build import build_path, current_candidate
from orchestration.pipeline.publish import publish
from orchestration.platform.errors import SeatshiftError
from orchestration.platform.published import read_pointer
from orchestration.validation.audit import audit_built, docs_path, refuse_blocked

AUDIT = dg.AssetKey(["audit", "built"])
SNAPSHOT = dg.AssetKey(["published", "snapshot"])
CHECK = "built_suite"


def release_assets(marts: list[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    """`audit/built` after every public model, `published/snapshot` after the audit."""

    @dg.asset(
        key=AUDIT,
        deps=marts,
        group_name="release",
        kinds={"greatexpectations"},
        description="The stored verdict on the build; publishing needs a PASS for its build id.",
        check_specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=AUDIT,
                description="Great Expectations on every row of the public models.",
            )
        ],
        pool=POOL,
    )
    def audited(
        context: dg.AssetExecutionContext, home: Home
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        settings = home.settings
        identity = current_candidate(settings).build_id
        with speaking(context):
            found = audit_built(
                settings, build_id=identity, warehouse=build_path(settings, identity)
            )
        docs = docs_path(settings, identity)
        failed = [finding for finding in found if not finding.passed]
        yield dg.MaterializeResult(metadata={"build_id": identity, "docs": str(docs)})
        yield dg.AssetCheckResult(
            check_name=CHECK,
            passed=not any(finding.blocks for finding in failed),
            metadata={
                "rules": len(found),
                "failed": [f"{finding.severity}: {finding.sentence}" for finding in failed],
                "docs": str(docs),
            },
        )
        refuse_blocked(found, docs)

    @dg.asset(
        key=SNAPSHOT,
        deps=[AUDIT],
        group_name="release",
        kinds={"duckdb"},
        description="The public models and the price book, as readers see them.",
        pool=POOL,
    )
    def snapshot(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult[None]:
        settings = home.settings
        with speaking(context):
            published = publish(settings, current_candidate(settings))
        if read_pointer(settings) != published:
            raise SeatshiftError(
                f"Generation {published.generation} was published, but {settings.pointer} "
                "names another one: publish again with `seatshift refresh --full-refresh`."
            )
        return dg.MaterializeResult(
            metadata={
                "generation": published.generation,
                "build_id": published.build_id,
                "file": published.file,
            }
        )

    return [audited, snapshot]
