"""A home with the required exports only: what the others feed is not available, never zero."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from orchestration.ingest.specs import EXPORTS
from orchestration.platform.published import read_pointer
from orchestration.platform.settings import load_settings
from orchestration.runs.refresh import refresh
from tests.builds import builds
from tests.dashboards.conftest import PAGES
from tests.ingest.homes import Built
from tests.platform.small_home import make_small_home

APP = Path(__file__).parents[2] / "dashboards" / "streamlit_app.py"
REQUIRED = ("seat_events", "usage_events", "invoice_lines")


@pytest.fixture(scope="module")
@builds
def bare(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The small home without any optional export, published."""
    home = make_small_home(tmp_path_factory.mktemp("bare") / "home")
    for path in (home / "exports").iterdir():
        if path.name.partition(".")[0] not in REQUIRED:
            path.unlink()
    settings = load_settings(home)
    refresh(settings)
    pointer = read_pointer(settings)
    assert pointer is not None
    return Built(settings, pointer.path(settings))


def test_every_missing_export_is_named(bare: Built) -> None:
    found = bare.rows("select export, reason from marts.export_status where not is_present")
    assert dict(found) == {name: f"no {name} export" for name in EXPORTS if name not in REQUIRED}


@pytest.mark.parametrize(
    ("table", "where", "reason"),
    [
        ("fct_margins", "true", "no cost_rates export"),
        ("fct_support_load", "true", "no support_tickets export"),
        ("fct_segment_metrics", "metric = 'exposed_share'", "no cost_rates export"),
        ("fct_segment_metrics", "metric = 'shock_ticket_share'", "no support_tickets export"),
        ("fct_slice_metrics", "metric = 'gross_margin'", "no cost_rates export"),
        (
            "fct_slice_metrics",
            "metric = 'billing_tickets_per_100_accounts'",
            "no support_tickets export",
        ),
        ("fct_meter_costs", "true", "no cost_rates export"),
        ("fct_heavy_user_margins", "true", "no cost_rates export"),
        ("fct_survey_scores", "true", "no survey_responses export"),
        ("fct_trial_funnel", "true", "no accounts export"),
        ("fct_signals", "signal = 'margin_exposed'", "no cost_rates export"),
        ("fct_signals", "signal = 'bills_disputed'", "no support_tickets export"),
    ],
)
def test_what_depends_on_it_says_why_it_is_not_available(
    bare: Built, table: str, where: str, reason: str
) -> None:
    assert bare.rows(f"select distinct reason from marts.{table} where {where}") == [(reason,)]


@pytest.mark.parametrize("table", ["fct_segment_metrics", "fct_slice_metrics", "fct_survey_scores"])
def test_no_figure_stands_for_what_is_not_known(bare: Built, table: str) -> None:
    assert bare.rows(
        f"select count(*) from marts.{table} where (reason is null) = (value is null)"
    ) == [(0,)]


def test_accounts_are_those_of_the_required_exports_in_segment_unknown(bare: Built) -> None:
    assert bare.rows("select account_id, segment from marts.dim_accounts order by 1") == [
        ("acme", "unknown"),
        ("blue", "unknown"),
    ]


def test_contracts_are_read_from_the_invoices(bare: Built) -> None:
    bills = bare.rows("select count(*) from marts.fct_shadow_bills where scenario_id = 'current'")
    assert bills[0][0] > 0


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_without_the_optional_exports(
    bare: Built, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(bare.settings.home))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    if page != "decision":
        app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception
    assert not app.error


def test_the_decision_page_says_which_export_a_signal_lacks(
    bare: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATSHIFT_HOME", str(bare.settings.home))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    shown = " ".join(
        str(value) for frame in app.dataframe for row in frame.value.to_numpy() for value in row
    ) + " ".join(str(text.value) for text in (*app.markdown, *app.caption))
    assert "no cost_rates export" in shown
    assert "no support_tickets export" in shown
