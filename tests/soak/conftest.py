"""The warm process and the prepared states of a home, made once for all faults."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.platform.versions import code_version
from tests.soak import proof
from tests.soak.forks import ForkServer
from tests.soak.proof import Known
from tests.soak.states import States, make_states


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    made = ForkServer(tmp_path_factory.mktemp("forks"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def states(server: ForkServer, tmp_path_factory: pytest.TempPathFactory) -> States:
    """Made for each session, unless SEATSHIFT_SOAK_STATES names a folder of the same code's."""
    named = os.environ.get("SEATSHIFT_SOAK_STATES")
    folder = Path(named) if named else tmp_path_factory.mktemp("soak")
    made_by = folder / "made_by"
    if not made_by.is_file() or made_by.read_text(encoding="utf-8") != code_version():
        shutil.rmtree(folder, ignore_errors=True)
        make_states(server, folder)
        made_by.write_text(code_version(), encoding="utf-8")
    return States.below(folder)


@pytest.fixture(scope="session")
def known(states: States) -> Known:
    """The figures of builds a, b and c; none are lost, and no two are alike."""
    builds = {}
    for name in ("a", "b", "c"):
        home = states.path(name)
        file = proof.snapshot(home)
        builds[name] = proof.tables(file)
        counted = {
            path.name: (proof.rows_of(path), proof.rows_of(path))
            for path in sorted((home / "exports").glob("*.csv"))
        }
        assert proof.ledger_of(file) == counted
        assert proof.ledger_faults(home, is_complete=True) == []
    assert builds["a"] != builds["b"] != builds["c"] != builds["a"]
    return Known(builds)


@pytest.fixture
def work(states: States) -> Path:
    return states.home
