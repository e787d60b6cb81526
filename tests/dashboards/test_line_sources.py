"""On the account page a line leads to its events and to the rows of the price book."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data import freshness, line_sources, warehouse
from dashboards.data.tables import rows
from orchestration.explain import lookup
from orchestration.platform.settings import Settings
from tests.conftest import PublishedHome
from tests.dashboards import sample

OpenAccount = Callable[[], AppTest]


@pytest.fixture
def open_account(small: PublishedHome, monkeypatch: pytest.MonkeyPatch) -> OpenAccount:
    monkeypatch.setattr(freshness, "now", lambda: sample.AS_OF)
    monkeypatch.setenv("SEATSHIFT_HOME", str(small.home))

    def opened() -> AppTest:
        app = AppTest.from_file(
            str(sample.ROOT / "dashboards" / "streamlit_app.py"), default_timeout=60
        )
        app.query_params["account"] = "acme"
        app.run()
        app.switch_page("app_pages/account.py").run()
        assert not app.exception
        return app

    return opened


def _choose(app: AppTest, named: str) -> AppTest:
    [box] = [one for one in app.selectbox if one.label == "Line"]
    [option] = [option for option in box.options if named in option]
    box.set_value(option).run()
    assert not app.exception
    return app


def test_nothing_is_looked_up_before_a_line_is_chosen(open_account: OpenAccount) -> None:
    app = open_account()
    [box] = [one for one in app.selectbox if one.label == "Line"]
    assert box.value is None and len(box.options) >= 2
    assert not [table for table in app.dataframe if "content" in table.value]


def _shown(app: AppTest, column: str) -> AppTest:
    [found] = [table.value for table in app.dataframe if column in table.value]
    return found


def test_a_seat_line_leads_to_its_events_and_its_price(open_account: OpenAccount) -> None:
    app = _choose(open_account(), "Current · 1 · Seats")
    events = _shown(app, "quantity_change")
    assert events["event_id"].str.len().min() > 0 and set(events["event_type"]) <= {"add", "assign"}
    assert events["source_file"].str.startswith("seat_events").all()
    assert events["source_row"].min() >= 1
    book = _shown(app, "content")
    assert set(book["file"]) == {"charges.csv"}
    assert dict(zip(book["cell"], book["content"], strict=True))["unit_amount"] == "39"


def test_a_usage_line_leads_to_the_events_that_it_counts(open_account: OpenAccount) -> None:
    app = _choose(open_account(), "Proposed · 1 · Resolutions")
    events = _shown(app, "occurred_at")
    stated = " ".join(str(caption.value) for caption in app.caption)
    assert f"{len(events)} usage events" in stated or "The first 20 are shown" in stated
    assert events["quantity"].min() > 0
    assert events["source_file"].str.startswith("usage_events").all()
    assert events["source_row"].min() >= 1
    assert _shown(app, "content")["content"].isin(["2.5"]).any()


@pytest.mark.parametrize(
    ("scenario", "column"), [("current", "quantity_change"), ("proposed", "occurred_at")]
)
def test_a_page_of_an_older_generation_shows_its_own_events(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch, scenario: str, column: str
) -> None:
    """Whatever the pointer names meanwhile: rows come from the snapshot that the page shows."""
    monkeypatch.setenv("SEATSHIFT_HOME", str(small_copy.home))
    snapshot = warehouse.current()
    [proposed] = {
        row["scenario_id"]
        for row in rows(snapshot.answer("select distinct scenario_id from marts.fct_shadow_bills"))
    } - {"current"}
    entry = json.loads(small_copy.pointer.read_text(encoding="utf-8"))
    entry |= {"generation": 2, "build_id": "another", "file": "snapshots/v000002.duckdb"}
    small_copy.pointer.write_text(json.dumps(entry), encoding="utf-8")
    asked = scenario if scenario == "current" else proposed
    found, _ = line_sources.events(snapshot, "acme", "2026-01", asked, 1)
    assert found.num_rows and column in found.column_names


def test_a_home_that_was_moved_says_how_to_have_its_usage_again(
    open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "read_parquet('/nowhere/usage.parquet') as events"
    moved = lookup.USAGE_OF_LINE.replace("staging.stg_usage_events as events", nowhere)
    monkeypatch.setattr(lookup, "USAGE_OF_LINE", moved)
    app = _choose(open_account(), "Proposed · 1 · Resolutions")
    said = " ".join(str(caption.value) for caption in app.caption).replace("\\", "")
    assert "seatshift refresh --full-refresh" in said
    assert not [table for table in app.dataframe if "occurred_at" in table.value]


def test_a_snapshot_that_is_damaged_meanwhile_is_said(
    small_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(small_copy.home))
    snapshot = warehouse.current()
    snapshot.path.chmod(0o600)
    snapshot.path.write_bytes(b"no database")
    with pytest.raises(line_sources.CannotTrace, match="refresh --full-refresh"):
        line_sources.events(snapshot, "acme", "2026-01", "current", 1)
