"""What Dagster's code server loads: the home named by SEATSHIFT_HOME."""

import dagster as dg

from orchestration.defs.graph import home_definitions
from orchestration.home import home_from_environment
from orchestration.settings import load_settings


@dg.definitions
def seatshift() -> dg.Definitions:
    return home_definitions(load_settings(home_from_environment()))
