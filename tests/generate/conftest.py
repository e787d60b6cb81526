"""One small company, made once: enough accounts for every planted fault."""

from pathlib import Path

import pytest

from orchestration.generate.company import Manifest, generate

EVENTS = 30_000


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """Folder and manifest of 130 accounts over 18 months."""
    out = tmp_path_factory.mktemp("company")
    made = generate(out, accounts=130, months=18, events=EVENTS, seed=11, story="shift")
    return out, made
