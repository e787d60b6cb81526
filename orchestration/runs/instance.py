"""Dagster's own folder of a home: HOME/var/dagster, with our dagster.yaml in it."""

import shutil
from pathlib import Path

from orchestration.platform.settings import Settings

TEMPLATE = Path(__file__).parent / "dagster.yaml"


def prepare_instance(settings: Settings) -> Path:
    """Create the folder for DAGSTER_HOME; existing run history stays."""
    folder = settings.var / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TEMPLATE, folder / "dagster.yaml")
    return folder
