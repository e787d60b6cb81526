"""Random price books, seats and work: the models bill what the rater bills, to the cent."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.builds import builds
from tests.rating.batches import Batch, rated
from tests.rating.book import Setting
from tests.rating.properties import PROPERTIES

BERLIN = Setting("Europe/Berlin", datetime.fromisoformat("2026-03-31 21:59:59"))
ZONES = {
    "UTC": "2026-03-31 23:59:59",
    "Europe/Berlin": "2026-03-31 21:59:59",
    "America/New_York": "2026-04-01 03:59:59",
    "Asia/Kathmandu": "2026-03-31 18:14:59",
    # midnight does not exist there on the day on which clocks go forward
    "Africa/Cairo": "2026-03-31 21:59:59",
}


@pytest.fixture(scope="module")
@builds
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Cases in a time zone with days of 23 and 25 hours, the same at every run."""
    return rated(BERLIN, 0, tmp_path_factory.mktemp("rating"), size=100, varied=25)


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda check: check.__name__)
def test_of_a_batch_of_random_accounts(holds: Callable[[Batch], str], batch: Batch) -> None:
    assert holds(batch) == ""


@pytest.mark.soak
@pytest.mark.parametrize("number", range(1, 4))
@pytest.mark.parametrize("time_zone", ZONES)
def test_of_many_batches(time_zone: str, number: int, tmp_path: Path) -> None:
    setting = Setting(time_zone, datetime.fromisoformat(ZONES[time_zone]))
    batch = rated(setting, number, tmp_path, size=600, varied=100)
    assert {check.__name__: check(batch) for check in PROPERTIES} == {
        check.__name__: "" for check in PROPERTIES
    }
