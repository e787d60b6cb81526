"""One published home per kind of sample, made once; and an app that opens any page of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data import freshness
from tests.builds import builds
from tests.dashboards import sample
from tests.shared import once

PAGES = (
    "memo",
    "decision",
    "triggers",
    "seat_utilization",
    "cohorts",
    "bill_shock",
    "shadow_billing",
    "account",
    "timing",
    "scenario_lab",
    "economics",
    "data_health",
    "definitions",
)
FILLS = {
    "whole": sample.whole,
    "empty": sample.settings_only,
    "one_account": sample.one_account,
    "nothing_available": sample.nothing_available,
    "hostile": sample.hostile,
    "two_currencies": sample.two_currencies,
}
OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session")
@builds
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders by kind of sample; `none` has no snapshot."""

    def make(folder: Path) -> None:
        (folder / "none").mkdir()
        for name, fill in FILLS.items():
            sample.publish(folder / name, fill)
        for generation, fill in ((1, sample.whole), (2, sample.one_account)):
            sample.publish(folder / "two_generations", fill, generation=generation)

    # each worker has its own copy, because pages write notes into a home
    own = tmp_path_factory.mktemp("samples")
    shutil.copytree(once(tmp_path_factory, "samples", make), own, dirs_exist_ok=True)
    return {home.name: home for home in own.iterdir()}


@pytest.fixture
def open_page(homes: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open a page of a home, at the sample's own moment unless the test moves the clock."""
    monkeypatch.setattr(freshness, "now", lambda: sample.AS_OF)

    def opened(page: str, home: str = "whole", **query: str) -> AppTest:
        monkeypatch.setenv("SEATSHIFT_HOME", str(homes[home]))
        app = AppTest.from_file(
            str(sample.ROOT / "dashboards" / "streamlit_app.py"), default_timeout=30
        )
        app.query_params.update(query)
        app.run()
        if page != "memo":
            app.switch_page(f"app_pages/{page}.py")
            # the first page takes its own parameters out of the link
            app.query_params.update(query)
            app.run()
        return app

    return opened
