"""The whole graph of one home, by name."""

import json

import dagster as dg

from orchestration.defs.home import Home
from orchestration.defs.inputs import inputs_asset
from orchestration.defs.landing import landing_assets
from orchestration.defs.models import models_asset
from orchestration.defs.release import release_assets
from orchestration.defs.timing import REFRESH, daily_schedule, dead_runs_sensor, new_files_sensor
from orchestration.pipeline.transform import parsed_manifest
from orchestration.platform.settings import Settings


def home_definitions(settings: Settings) -> dg.Definitions:
    """landing → raw and reference → dbt models → audit → snapshot, with its job and triggers."""
    manifest = parsed_manifest(settings)
    models = models_asset(manifest)
    marts = [key for key in models.keys if key.path[0] == "marts"]
    return dg.Definitions(
        assets=[
            *landing_assets(),
            inputs_asset(json.loads(manifest.read_text(encoding="utf-8"))),
            models,
            *release_assets(marts),
        ],
        jobs=[REFRESH],
        schedules=[daily_schedule(settings)],
        sensors=[new_files_sensor(settings), dead_runs_sensor(settings)],
        resources={"home": Home(path=str(settings.home))},
        # also if someone materializes single assets: a run is one process and holds the lock
        executor=dg.in_process_executor,
    )
