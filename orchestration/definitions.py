"""What Dagster's code server loads: the home named by SEATSHIFT_HOME."""

import dagster as dg

from orchestration.defs.graph import home_definitions
from orchestration.platform.home import home_from_environment
from orchestration.platform.private import close_to_others, write_privately
from orchestration.platform.settings import load_settings


@dg.definitions
def seatshift() -> dg.Definitions:
    settings = load_settings(home_from_environment())
    # every process of Dagster that works on the home loads this
    write_privately(settings.home)
    close_to_others(settings.home, settings.var)
    return home_definitions(settings)
