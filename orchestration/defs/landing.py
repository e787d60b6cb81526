"""One asset per export: its files, landed as typed Parquet."""

import dagster as dg

from orchestration.defs.home import POOL, Home, speaking
from orchestration.ingest.land import land_export
from orchestration.ingest.specs import EXPORTS, ExportSpec


def landing_assets() -> list[dg.AssetsDefinition]:
    """`landing/<export>` for every export of the product."""
    return [_landing_asset(spec) for spec in EXPORTS.values()]


def _landing_asset(spec: ExportSpec) -> dg.AssetsDefinition:
    @dg.asset(
        key=["landing", spec.name],
        group_name="landing",
        kinds={"parquet"},
        description=f"{spec.name} export as it arrived, one row per {' and '.join(spec.key)}.",
        pool=POOL,
    )
    def landed(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult[None]:
        with speaking(context):
            report = land_export(home.settings, spec.name)
        return dg.MaterializeResult(
            metadata={
                "files": len(report.files),
                "new_files": report.new_files,
                "rows_landed": report.rows_landed,
            }
        )

    return landed
