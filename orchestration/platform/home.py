"""Which home a process works on."""

import os
from pathlib import Path

HOME_VARIABLE = "SEATSHIFT_HOME"
DEFAULT_HOME = Path(__file__).resolve().parents[2] / "seeds"


def home_from_environment() -> Path:
    """The home named by SEATSHIFT_HOME, or the demo company if it is not set."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME)
